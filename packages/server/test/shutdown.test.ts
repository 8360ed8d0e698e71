import assert from 'node:assert/strict';
import http from 'node:http';
import http2 from 'node:http2';
import { test } from 'node:test';
import { TracekinError } from '@tracekin/model';
import { MemoryStorage } from '@tracekin/storage';
import { createServer } from '../src/index.ts';
import { startServer } from './testing/start-server.ts';

test('closing lets a request under way end, refuses new connections, and closes storage last', async () => {
  const storage = new MemoryStorage();
  const events: string[] = [];
  let answer: (() => void) | undefined;
  storage.getServiceNames = () =>
    new Promise(resolve => {
      answer = () => {
        events.push('answered');
        resolve(['late']);
      };
    });
  const dispose = storage[Symbol.asyncDispose].bind(storage);
  storage[Symbol.asyncDispose] = () => {
    events.push('storage closed');
    return dispose();
  };
  const { server, call } = await startServer({}, { storage });
  const underWay = call('/api/v2/services');
  while (answer === undefined) await new Promise(resolve => setTimeout(resolve, 5));
  const closed = server.close();
  await new Promise(resolve => setTimeout(resolve, 20));
  await assert.rejects(call('/health'), { code: 'ECONNREFUSED' });
  answer();
  assert.equal((await underWay).text, '["late"]');
  await closed;
  await server.close();
  assert.deepEqual(events, ['answered', 'storage closed']);
});

test('closing does not wait for idle connections, HTTP/2 ones included', async () => {
  const { server } = await startServer();
  const agent = new http.Agent({ keepAlive: true });
  await new Promise(resolve =>
    http.get(`${server.url}/health`, { agent }, response => response.resume().on('end', resolve)),
  );
  const session = http2.connect(server.url);
  session.on('error', () => {});
  await new Promise(resolve => session.request({ ':path': '/health' }).on('end', resolve).resume());
  const start = performance.now();
  await server.close();
  assert.ok(performance.now() - start < 10_000, 'idle connections live for 65 s');
  agent.destroy();
  session.destroy();
});

test('connections that stay busy are cut after the time limit', async () => {
  const storage = new MemoryStorage();
  storage.getServiceNames = () => new Promise(() => {});
  const { server, call } = await startServer({ shutdownTimeoutMs: 50, queryTimeoutMs: 0 }, { storage });
  const underWay = assert.rejects(call('/api/v2/services'), { code: 'ECONNRESET' });
  await new Promise(resolve => setTimeout(resolve, 20));
  await server.close();
  await underWay;
});

test('a port that is taken is explained, and nothing stays open', async () => {
  await using first = await startServer();
  const storage = new MemoryStorage();
  let closed = false;
  const dispose = storage[Symbol.asyncDispose].bind(storage);
  storage[Symbol.asyncDispose] = () => {
    closed = true;
    return dispose();
  };
  await assert.rejects(createServer({ port: first.server.port, logLevel: 'silent' }, { storage }), (error: unknown) => {
    assert.ok(error instanceof TracekinError);
    assert.equal(error.code, 'invalid-configuration');
    assert.match(error.message, /in use; .*--port \(QUERY_PORT\)/);
    return true;
  });
  assert.ok(closed);
});
