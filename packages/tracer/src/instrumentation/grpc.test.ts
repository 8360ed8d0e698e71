import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as grpc from '@grpc/grpc-js';
import { currentContext } from '../scope.ts';
import { type TestTracing, testTracing } from '../testing.ts';
import { grpcClientTracing, grpcServerTracing } from './grpc.ts';

const codec = {
  requestSerialize: (text: string) => Buffer.from(text),
  requestDeserialize: String,
  responseSerialize: (text: string) => Buffer.from(text),
  responseDeserialize: String,
};
const service = {
  say: { path: '/demo.Greeter/Say', requestStream: false, responseStream: false, ...codec },
  chat: { path: '/demo.Greeter/Chat', requestStream: true, responseStream: true, ...codec },
} satisfies grpc.ServiceDefinition;

describe('gRPC calls', () => {
  let tracing: TestTracing;
  let client: grpc.Client;
  let server: grpc.Server;

  before(async () => {
    tracing = testTracing();
    server = new grpc.Server({ interceptors: [grpcServerTracing(grpc)] });
    server.addService(service, {
      say: async (call: grpc.ServerUnaryCall<string, string>, done: grpc.sendUnaryData<string>) => {
        if (call.request === 'fail') return done({ code: grpc.status.NOT_FOUND, details: 'nobody' });
        await null;
        done(null, currentContext()?.traceId ?? 'none');
      },
      chat: (call: grpc.ServerDuplexStream<string, string>) => {
        call.on('data', text => call.write(`${text}:${currentContext()?.traceId}`));
        call.on('end', () => call.end());
      },
    });
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
      interceptors: [grpcClientTracing(grpc, 'Greeter')],
    });
  });
  after(() => {
    client.close();
    server.forceShutdown();
    tracing[Symbol.dispose]();
  });

  const say = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const { path, requestSerialize, responseDeserialize } = service.say;
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, text, (error, answer) =>
        error ? reject(error) : resolve(answer!),
      );
    });

  it('are a CLIENT and a SERVER half with one id, and the context is there in the handler', async () => {
    tracing.reporter.take();
    const traceId = await tracing.tracer.trace('job', () => say('hello'));
    const spans = await tracing.reporter.waitFor(3);
    const clientSpan = spans.find(span => span.kind === 'CLIENT')!;
    const serverSpan = spans.find(span => span.kind === 'SERVER')!;
    assert.equal(traceId, clientSpan.traceId);
    assert.equal(clientSpan.name, 'demo.greeter/say');
    assert.deepEqual(clientSpan.remoteEndpoint, { serviceName: 'greeter' });
    assert.deepEqual([serverSpan.id, serverSpan.shared, serverSpan.name], [clientSpan.id, true, 'demo.greeter/say']);
    assert.equal(serverSpan.remoteEndpoint?.ipv4, '127.0.0.1');
    assert.equal(clientSpan.tags, undefined);
  });

  it('say how they failed', async () => {
    tracing.reporter.take();
    await assert.rejects(
      tracing.tracer.trace('job', () => say('fail')),
      /nobody/,
    );
    const spans = await tracing.reporter.waitFor(3);
    for (const kind of ['CLIENT', 'SERVER']) {
      assert.deepEqual(spans.find(span => span.kind === kind)!.tags, {
        error: 'nobody',
        'grpc.status_code': 'NOT_FOUND',
      });
    }
  });

  it('may be streams', async () => {
    tracing.reporter.take();
    const { path, requestSerialize, responseDeserialize } = service.chat;
    const answers: string[] = [];
    const span = tracing.tracer.startSpan('job');
    await tracing.tracer.withContext(span.context, async () => {
      const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
      call.write('a');
      call.write('b');
      call.end();
      for await (const answer of call) answers.push(answer);
    });
    span.finish();
    await tracing.reporter.waitFor(3);
    assert.deepEqual(answers, [`a:${span.context.traceId}`, `b:${span.context.traceId}`]);
  });
});
