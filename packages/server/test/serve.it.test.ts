// The whole server as its users run it, with the embedded engine: what was acknowledged is there after any end of the process.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import http2 from 'node:http2';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { serveProcess } from './testing/serve-process.ts';
import { startServer } from './testing/start-server.ts';

let data: string;
before(async () => {
  data = await mkdtemp(join(tmpdir(), 'tracekin-serve-'));
});
after(() => rm(data, { recursive: true, force: true }));

async function waitForTrace(url: string, traceId: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const answer = await fetch(`${url}/api/v2/trace/${traceId}`);
    const body = await answer.text();
    if (answer.status === 200) return;
    if (Date.now() > deadline) assert.fail(`trace ${traceId}: ${answer.status} ${body}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`what was acknowledged before ${signal} is found after a restart`, async () => {
    const traceId = signal === 'SIGTERM' ? '000000000000000a' : '000000000000000b';
    const first = await serveProcess(['--storage', 'clickhouse', '--data', data]);
    const body = JSON.stringify([
      { traceId, id: '1', timestamp: Date.now() * 1000, localEndpoint: { serviceName: 'a' } },
    ]);
    const post = await fetch(`${first.url}/api/v2/spans`, { method: 'POST', body });
    assert.equal(post.status, 202);
    first.child.kill(signal);
    assert.equal(await first.ended, signal === 'SIGTERM' ? 0 : 'SIGKILL');

    const second = await serveProcess(['--storage', 'clickhouse', '--data', data]);
    try {
      await waitForTrace(second.url, traceId);
    } finally {
      second.child.kill('SIGTERM');
      assert.equal(await second.ended, 0);
    }
  });
}

test('SIGTERM in the middle of load loses no span that was acknowledged', async () => {
  const first = await serveProcess(['--storage', 'clickhouse', '--data', data]);
  const acknowledged: string[] = [];
  let next = 0;
  const sender = async (): Promise<void> => {
    for (;;) {
      const traceId = `c${(++next).toString(16).padStart(15, '0')}`;
      const body = JSON.stringify([
        { traceId, id: '1', timestamp: Date.now() * 1000, localEndpoint: { serviceName: 'load' } },
      ]);
      const answer = await fetch(`${first.url}/api/v2/spans`, { method: 'POST', body }).catch(() => undefined);
      if (answer === undefined) return;
      if (answer.status === 202) acknowledged.push(traceId);
    }
  };
  const senders = Promise.all(Array.from({ length: 8 }, sender));
  await new Promise(resolve => setTimeout(resolve, 700));
  first.child.kill('SIGTERM');
  assert.equal(await first.ended, 0);
  await senders;
  assert.ok(acknowledged.length > 100, String(acknowledged.length));

  const second = await serveProcess(['--storage', 'clickhouse', '--data', data]);
  try {
    await waitForTrace(second.url, acknowledged.at(-1)!);
    const found = new Set<string>();
    for (let i = 0; i < acknowledged.length; i += 500) {
      const ids = [...acknowledged.slice(i, i + 500), 'f'].join(',');
      const traces = (await (await fetch(`${second.url}/api/v2/traceMany?traceIds=${ids}`)).json()) as {
        traceId: string;
      }[][];
      for (const trace of traces) {
        assert.equal(trace.length, 1);
        found.add(trace[0]!.traceId);
      }
    }
    assert.deepEqual(
      acknowledged.filter(traceId => !found.has(traceId)),
      [],
    );
  } finally {
    second.child.kill('SIGTERM');
    await second.ended;
  }
});

test('with a certificate the port speaks HTTPS, over HTTP/1.1 and HTTP/2', async t => {
  const cert = join(data, 'cert.pem');
  const key = join(data, 'key.pem');
  try {
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-subj',
        '/CN=localhost',
        '-keyout',
        key,
        '-out',
        cert,
      ],
      { stdio: 'ignore' },
    );
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    return t.skip('openssl is not installed');
  }
  await using server = await startServer({ tlsCert: cert, tlsKey: key });
  const { url } = server.server;
  assert.match(url, /^https:/);
  const status = await new Promise(resolve => {
    https.get(`${url}/health`, { rejectUnauthorized: false, agent: false }, response =>
      resolve(response.resume().statusCode),
    );
  });
  assert.equal(status, 200);
  const session = http2.connect(url, { rejectUnauthorized: false });
  const post = session.request({ ':method': 'POST', ':path': '/api/v2/spans' });
  post.end('[{"traceId":"1","id":"1"}]');
  const [headers] = (await once(post, 'response')) as [http2.IncomingHttpHeaders];
  assert.equal(headers[':status'], 202);
  await text(post);
  const get = session.request({ ':path': '/api/v2/trace/1' });
  assert.equal(await text(get), '[{"traceId":"0000000000000001","id":"0000000000000001"}]');
  session.close();
});
