import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import http2 from 'node:http2';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Span } from '@tracekin/model';
import { MemoryStorage } from '@tracekin/storage';
import type { Settings } from '../src/index.ts';
import { startServer, type TestServer } from './testing/start-server.ts';

const ON: Partial<Settings> = {
  selfTracingEnabled: true,
  selfTracingSampleRate: 0.999999,
  selfTracingFlushIntervalMs: 5,
};
const ID = '463ac35c9f6413ad48485a3953bb6124';

/** The spans of a trace once there are `count`. */
async function spansOf({ server }: TestServer, traceId: string, count: number): Promise<Span[]> {
  for (let waited = 0; waited < 2000; waited += 10) {
    const spans = await server.storage.getTrace(traceId);
    if (spans.length >= count) return spans;
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  throw new Error(`${(await server.storage.getTrace(traceId)).length} of ${count} spans`);
}

/** Every trace of the server itself, once the reporter has had time. */
async function ownTraces({ server }: TestServer): Promise<Span[][]> {
  await new Promise(resolve => setTimeout(resolve, 60));
  const query = {
    serviceName: 'zipkin-server',
    tags: [],
    annotations: [],
    endTs: Date.now() + 1000,
    lookback: 1e6,
    limit: 100,
  };
  return server.storage.findTraces(query);
}

const byKind = (spans: readonly Span[]): { server: Span; child: Span } => ({
  server: spans.find(({ kind }) => kind === 'SERVER')!,
  child: spans.find(({ kind }) => kind === undefined)!,
});

test('a request is a span of zipkin-server with a child for what storage does', async () => {
  await using server = await startServer(ON);
  await server.call('/zipkin/api/v2/services?x=secret');
  const [spans, ...others] = await ownTraces(server);
  assert.deepEqual(others, []);
  const { server: request, child } = byKind(spans!);
  assert.equal(request.name, 'get /zipkin/api/v2/services');
  assert.deepEqual(request.tags, { 'http.method': 'GET', 'http.path': '/zipkin/api/v2/services' });
  assert.equal(request.localEndpoint?.serviceName, 'zipkin-server');
  assert.equal(request.remoteEndpoint?.ipv4, '127.0.0.1');
  assert.equal(child.name, 'get-service-names');
  assert.deepEqual([child.parentId, child.traceId], [request.id, request.traceId]);
  assert.equal(spans!.length, 2);
});

const CHILDREN: readonly (readonly [path: string, child: string])[] = [
  ['/api/v2/services', 'get-service-names'],
  ['/api/v2/spans?serviceName=a', 'get-span-names'],
  ['/api/v2/remoteServices?serviceName=a', 'get-remote-service-names'],
  ['/api/v2/autocompleteValues?key=k', 'get-values'],
  ['/api/v2/traces', 'get-traces'],
  ['/api/v2/traceMany?traceIds=a,b', 'get-traces'],
  ['/api/v2/trace/a', 'get-trace'],
  ['/api/v2/dependencies?endTs=1', 'get-dependencies'],
];

test('every read has its child span, and a B3 header makes the server join its caller', async () => {
  await using server = await startServer({ ...ON, autocompleteKeys: ['k'] });
  for (const [index, [path, name]] of CHILDREN.entries()) {
    const traceId = `${ID.slice(1)}${index}`;
    await server.call(path, { headers: { b3: `${traceId}-a2fb4a1d1a96d312-1-0020000000000001` } });
    const { server: request, child } = byKind(await spansOf(server, traceId, 2));
    assert.deepEqual([request.id, request.parentId, request.shared], ['a2fb4a1d1a96d312', '0020000000000001', true]);
    assert.deepEqual([child.name, child.parentId], [name, request.id], path);
  }
});

test('B3 in several headers is joined, and a W3C caller gets a child of its span', async () => {
  await using server = await startServer(ON);
  await server.call('/api/v2/services', {
    headers: { 'X-B3-TraceId': ID, 'X-B3-SpanId': 'a2fb4a1d1a96d312', 'X-B3-Sampled': '1' },
  });
  assert.equal(byKind(await spansOf(server, ID, 2)).server.id, 'a2fb4a1d1a96d312');
  const other = `${ID.slice(1)}f`;
  await server.call('/api/v2/services', { headers: { traceparent: `00-${other}-a2fb4a1d1a96d312-01` } });
  const { server: request } = byKind(await spansOf(server, other, 2));
  assert.equal(request.parentId, 'a2fb4a1d1a96d312');
  assert.equal(request.shared, undefined);
});

test('posting spans is traced, with accept-spans, and what the server reports of itself is not', async () => {
  await using server = await startServer(ON);
  await server.post([{ traceId: '1', id: '1' }]);
  const traces = await ownTraces(server);
  assert.deepEqual(
    traces.map(spans => spans.map(({ name }) => name).sort()),
    [['accept-spans', 'post /api/v2/spans']],
  );
  await new Promise(resolve => setTimeout(resolve, 60));
  assert.equal((await ownTraces(server)).length, 1, 'no trace of the trace');
  const { text } = await server.call('/metrics', { headers: { b3: '0' } });
  const metrics = JSON.parse(text);
  assert.equal(metrics['counter.zipkin_collector.spans.local'], 2);
  assert.equal(metrics['counter.zipkin_collector.spans.http'], 1);
});

test('a body that comes in parts is accepted within its trace', async () => {
  await using server = await startServer(ON);
  const spans = Array.from({ length: 5000 }, (_, i) => ({
    traceId: '2',
    id: (i + 1).toString(16),
    name: 'x'.repeat(50),
  }));
  await server.post(spans);
  const [trace] = await ownTraces(server);
  assert.deepEqual(trace!.map(({ name }) => name).sort(), ['accept-spans', 'post /api/v2/spans']);
});

test('traces start only for the API, and not for b3: 0', async () => {
  await using server = await startServer(ON);
  for (const path of ['/health', '/metrics', '/info', '/nope']) await server.call(path);
  for (const headers of [{ b3: '0' }, { 'x-b3-sampled': '0' }, { b3: `${ID}-a2fb4a1d1a96d312-0` }])
    await server.call('/api/v2/services', { headers });
  assert.deepEqual(await ownTraces(server), []);
  await server.call('/health', { headers: { b3: `${ID}-a2fb4a1d1a96d312-1` } });
  assert.equal((await spansOf(server, ID, 1))[0]!.name, 'get /health', 'a traced caller is followed everywhere');
});

test('a failure is an error tag on the request and, with the reason, on the storage span', async () => {
  const storage = new MemoryStorage();
  storage.getServiceNames = () => Promise.reject(new Error('no engine'));
  await using server = await startServer(ON, { storage });
  await server.call('/api/v2/services');
  const { server: request, child } = byKind((await ownTraces(server))[0]!);
  assert.equal(request.tags?.['error'], '500');
  assert.equal(request.tags?.['http.status_code'], '500');
  assert.equal(child.tags?.['error'], 'no engine');
});

test('a path that nothing serves has a name of its own, however many there are', async () => {
  await using server = await startServer(ON);
  await server.call('/api/v9/x');
  await server.call('/api/v9/y');
  const names = (await ownTraces(server)).flatMap(spans => spans.map(({ name }) => name));
  assert.deepEqual(names, ['get not_found', 'get not_found']);
});

test('with a rate of 1 at most so many traces a second start', async () => {
  await using server = await startServer({ ...ON, selfTracingSampleRate: 1, selfTracingTracesPerSecond: 2 });
  for (let i = 0; i < 5; i++) await server.call('/api/v2/services');
  assert.equal((await ownTraces(server)).length, 2);
});

test('closing stores the last spans', async () => {
  const storage = new MemoryStorage();
  const kept: Span[] = [];
  const write = storage.write.bind(storage);
  storage.write = batch => {
    kept.push(...batch.spans);
    return write(batch);
  };
  const server = await startServer({ ...ON, selfTracingFlushIntervalMs: 60_000 }, { storage });
  await server.call('/api/v2/services');
  assert.equal(kept.length, 0);
  await server.server.close();
  assert.deepEqual(kept.map(({ name }) => name).sort(), ['get /api/v2/services', 'get-service-names']);
});

test('requests over HTTP/2 are traced alike', async () => {
  await using server = await startServer(ON);
  const session = http2.connect(server.server.url);
  const stream = session.request({ ':path': '/api/v2/services', b3: `${ID}-a2fb4a1d1a96d312-1` });
  await text(stream);
  session.close();
  const { server: request, child } = byKind(await spansOf(server, ID, 2));
  assert.deepEqual([request.name, child.name], ['get /api/v2/services', 'get-service-names']);
  assert.equal(request.remoteEndpoint?.ipv4, '127.0.0.1');
});

test('switched off it costs nothing: only its own folder names the tracer, and that is loaded on demand', () => {
  const source = fileURLToPath(new URL('../src', import.meta.url));
  const importers = globSync('**/*.ts', { cwd: source }).filter(
    file =>
      !file.startsWith('self-tracing/') &&
      /^(?:import|export)(?! type)[^;]*from '(?:@tracekin\/tracer|[^']*\/self-tracing\/)/m.test(
        readFileSync(join(source, file), 'utf8'),
      ),
  );
  assert.deepEqual(importers, []);
  assert.match(readFileSync(join(source, 'create-server.ts'), 'utf8'), /await import\('\.\/self-tracing\//);
});
