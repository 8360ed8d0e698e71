import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { fetchSender } from './fetch-sender.ts';
import { httpSender } from './http-sender.ts';
import { kafkaSender } from './kafka-sender.ts';
import { SendError, type Sender } from './sender.ts';

interface Options {
  readonly url: string;
  readonly gzip?: boolean;
  readonly timeoutMs?: number;
  readonly headers?: Record<string, string>;
}

const senders: readonly (readonly [string, (options: Options) => Sender])[] = [
  ['httpSender', httpSender],
  ['fetchSender', fetchSender],
];

for (const [name, make] of senders) {
  describe(name, () => {
    let status = 202;
    let retryAfter: string | undefined;
    let hang = false;
    let seen: { headers: IncomingHttpHeaders; body: Buffer; url: string }[] = [];
    const sockets = new Set<unknown>();
    const server = createServer(async (request, response) => {
      sockets.add(request.socket);
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      seen.push({ headers: request.headers, body: Buffer.concat(chunks), url: request.url! });
      if (hang) return;
      if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter);
      response.writeHead(status).end('answer');
    });
    let url = '';
    before(async () => {
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v2/spans`;
    });
    after(async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    });
    beforeEach(() => {
      [status, retryAfter, hang, seen] = [202, undefined, false, []];
      sockets.clear();
    });
    const message = Buffer.from(JSON.stringify(Array(200).fill('span')));

    it('posts messages one after the other over one connection', async () => {
      const sender = make({ url, headers: { authorization: 'Bearer x' } });
      for (let i = 0; i < 3; i++) await sender.send(message, 'application/json');
      assert.equal(seen.length, 3);
      assert.equal(seen[0]!.url, '/api/v2/spans');
      assert.equal(seen[0]!.headers['content-type'], 'application/json');
      assert.equal(seen[0]!.headers['authorization'], 'Bearer x');
      assert.equal(seen[0]!.headers['content-encoding'], undefined);
      assert.deepEqual(seen[0]!.body, message);
      // fetch picks connections itself and may open a second one before the first is free again.
      assert.ok(sockets.size <= (make === httpSender ? 1 : 2), `${sockets.size} connections`);
      await sender.close();
    });

    it('compresses if told to', async () => {
      const sender = make({ url, gzip: true });
      await sender.send(message, 'application/json');
      assert.equal(seen[0]!.headers['content-encoding'], 'gzip');
      assert.deepEqual(gunzipSync(seen[0]!.body), message);
      assert.ok(seen[0]!.body.length < message.length / 2);
      await sender.close();
    });

    const answers = [
      [400, false, undefined],
      [413, false, undefined],
      [429, true, '2'],
      [503, true, undefined],
      [500, true, 'Wed, 21 Oct 2015 07:28:00 GMT'],
    ] as const;
    for (const [answer, retriable, after] of answers) {
      it(`takes ${answer} for an error that ${retriable ? 'may pass' : 'stays'}`, async () => {
        [status, retryAfter] = [answer, after];
        const sender = make({ url });
        await assert.rejects(sender.send(message, 'application/json'), (error: SendError) => {
          assert.ok(error instanceof SendError);
          assert.equal(error.retriable, retriable);
          assert.equal(error.retryAfterMs, after === '2' ? 2_000 : undefined);
          return true;
        });
        await sender.close();
      });
    }

    it('takes silence, and nobody, for an error that may pass', async () => {
      hang = true;
      const sender = make({ url, timeoutMs: 30 });
      await assert.rejects(sender.send(message, 'application/json'), { name: 'SendError', retriable: true });
      const gone = createServer();
      await new Promise<void>(resolve => gone.listen(0, '127.0.0.1', resolve));
      const { port } = gone.address() as AddressInfo;
      await new Promise(resolve => gone.close(resolve));
      const other = make({ url: `http://127.0.0.1:${port}/` });
      await assert.rejects(other.send(message, 'application/json'), { name: 'SendError', retriable: true });
      await sender.close();
      await other.close();
    });
  });
}

describe('kafkaSender', () => {
  it('sends to the topic by either client', async () => {
    const sent: unknown[] = [];
    const calls: string[] = [];
    const kafkajs = {
      connect: async () => void calls.push('connect'),
      disconnect: async () => void calls.push('disconnect'),
      send: async (record: unknown) => sent.push(record),
    };
    const one = kafkaSender({ producer: kafkajs });
    await one.send(Buffer.from('[]'), 'application/json');
    await one.send(Buffer.from('[]'), 'application/json');
    await one.close();
    assert.deepEqual(calls, ['connect', 'disconnect']);
    assert.deepEqual(sent[0], { topic: 'zipkin', messages: [{ value: Buffer.from('[]') }] });
    const platformatic = { send: async (options: unknown) => sent.push(options), close: async () => {} };
    const two = kafkaSender({ producer: platformatic, topic: 'spans' });
    await two.send(Buffer.from('[1]'), 'application/json');
    await two.close();
    assert.deepEqual(sent[2], { messages: [{ topic: 'spans', value: Buffer.from('[1]') }] });
  });

  it('says that a broker which fails may recover', async () => {
    const producer = { send: () => Promise.reject(new Error('no leader')), close: async () => {} };
    await assert.rejects(kafkaSender({ producer }).send(Buffer.from('[]'), ''), { name: 'SendError', retriable: true });
  });
});
