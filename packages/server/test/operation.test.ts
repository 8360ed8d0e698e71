import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { TracekinError } from '@tracekin/model';
import { MemoryStorage } from '@tracekin/storage';
import { startServer } from './testing/start-server.ts';

const JSON_TYPE = 'application/json; charset=utf-8';
const ACTUATOR_TYPE = 'application/vnd.spring-boot.actuator.v2+json; charset=utf-8';

test('health is UP in the form of Zipkin, byte for byte', async () => {
  await using server = await startServer();
  const expected =
    '{\n  "status" : "UP",\n  "zipkin" : {\n    "status" : "UP",\n    "details" : {\n      "InMemoryStorage{}" : {\n        "status" : "UP"\n      }\n    }\n  }\n}';
  for (const [path, type] of [
    ['/health', JSON_TYPE],
    ['/actuator/health', ACTUATOR_TYPE],
  ] as const) {
    const { status, headers, text } = await server.call(path);
    assert.deepEqual([status, headers['content-type'], text], [200, type, expected]);
  }
});

test('health is DOWN with 503 and the reason when storage is', async () => {
  const storage = new MemoryStorage();
  storage.check = () => Promise.resolve({ ok: false, error: 'the disk is full' });
  await using server = await startServer({}, { storage });
  const { status, text } = await server.call('/health');
  assert.equal(status, 503);
  const { zipkin } = JSON.parse(text);
  assert.deepEqual(zipkin.details['InMemoryStorage{}'], { status: 'DOWN', details: { error: 'the disk is full' } });
});

test('with a spool, health and stats show what waits in it and why', async () => {
  const spoolDir = await mkdtemp(join(tmpdir(), 'tracekin-server-'));
  try {
    const storage = new MemoryStorage();
    Object.defineProperty(storage, 'capabilities', { value: { durable: true, deleteTrace: true } });
    let failure: TracekinError | undefined = new TracekinError('unavailable', 'no engine');
    const write = storage.write.bind(storage);
    storage.write = batch => (failure === undefined ? write(batch) : Promise.reject(failure));
    await using server = await startServer({ spoolDir, spoolLimitBytes: 1 << 20 }, { storage });
    await server.post([{ traceId: '1', id: '1' }]);
    while (server.server.collector.backlog.failure === undefined) await new Promise(done => setTimeout(done, 5));
    const { status, text } = await server.call('/health');
    assert.equal(status, 200, 'what waits is safe');
    const { zipkin } = JSON.parse(text);
    const spool = zipkin.details[`Spool{directory=${spoolDir}}`];
    assert.equal(spool.status, 'UP');
    assert.deepEqual(
      [spool.details.backlogSpans, spool.details.limitBytes, spool.details.lastFailure],
      [1, 1 << 20, 'no engine'],
    );
    assert.ok(spool.details.backlogBytes > 0 && spool.details.bytes >= spool.details.backlogBytes);
    const stats = JSON.parse((await server.call('/api/tracekin/v1/stats')).text);
    assert.deepEqual([stats.backlogSpans, stats.writeFailure], [1, 'no engine']);
    assert.deepEqual(stats.spool, { bytes: spool.details.bytes, limitBytes: 1 << 20 });
    failure = undefined;
    await server.server.collector.drain();
  } finally {
    await rm(spoolDir, { recursive: true, force: true });
  }
});

test('info has the version where Zipkin has it', async () => {
  await using server = await startServer();
  for (const [path, type] of [
    ['/info', JSON_TYPE],
    ['/actuator/info', ACTUATOR_TYPE],
  ] as const) {
    const { headers, text } = await server.call(path);
    assert.equal(headers['content-type'], type);
    assert.match(JSON.parse(text).zipkin.version, /^\d+\.\d+\.\d+/);
  }
});

test('metrics count messages, bytes and spans with the names of Zipkin', async () => {
  await using server = await startServer();
  const body = '[{"traceId":"1","id":"1"},{"traceId":"1","id":"2"}]';
  await server.call('/api/v2/spans', { method: 'POST', body });
  await server.call('/api/v2/spans', { method: 'POST', body: '[]' });
  await server.call('/api/v2/spans', { method: 'POST', body: 'x' });
  const { headers, text } = await server.call('/metrics');
  assert.equal(headers['content-type'], 'application/json');
  assert.match(text, /^ {2}"counter\.zipkin_collector\.messages\.http" : 3\.0,$/m);
  const metrics = JSON.parse(text);
  assert.deepEqual(
    ['messages', 'messages_dropped', 'spans', 'spans_dropped'].map(
      name => metrics[`counter.zipkin_collector.${name}.http`],
    ),
    [3, 1, 2, 0],
  );
  assert.equal(metrics['gauge.zipkin_collector.message_spans.http'], 2);

  const prometheus = await server.call('/prometheus');
  assert.equal(prometheus.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  for (const line of [
    'zipkin_collector_messages_total{transport="http"} 3',
    'zipkin_collector_messages_dropped_total{transport="http"} 1',
    'zipkin_collector_spans_total{transport="http"} 2',
    'tracekin_collector_messages_dropped_reason_total{transport="http",reason="malformed"} 1',
    'http_server_requests_seconds_count{method="POST",status="202",uri="/api/v2/spans"} 2',
    'http_server_requests_seconds_count{method="POST",status="400",uri="/api/v2/spans"} 1',
  ]) {
    assert.ok(prometheus.text.split('\n').includes(line), `${line}\n${prometheus.text}`);
  }
});

test('request metrics have templates instead of ids and one value for what was not found', async () => {
  await using server = await startServer();
  for (const path of [
    '/api/v2/trace/1',
    '/zipkin/api/v2/trace/2',
    '/api/v2/nope',
    '/api/nope',
    '/zipkin/api/x',
    '/health',
  ])
    await server.call(path);
  const { text } = await server.call('/actuator/prometheus');
  const counts = text.split('\n').filter(line => line.startsWith('http_server_requests_seconds_count'));
  assert.deepEqual(counts, [
    'http_server_requests_seconds_count{method="GET",status="404",uri="/api/v2/trace/{traceId}"} 2',
    'http_server_requests_seconds_count{method="GET",status="404",uri="NOT_FOUND"} 3',
  ]);
});

test('a failure of storage is 500 on reads and 503 with Retry-After on posts, with its message', async () => {
  const storage = new MemoryStorage();
  storage.getServiceNames = () => Promise.reject(new TracekinError('unavailable', 'no engine'));
  storage.getDependencies = () => Promise.reject(new RangeError());
  storage.write = () => Promise.reject(new TracekinError('unavailable', 'no engine', { retryAfterMs: 1500 }));
  await using server = await startServer({}, { storage });
  const services = await server.call('/api/v2/services');
  assert.deepEqual([services.status, services.text, services.headers['content-type']], [500, 'no engine', 'text/*']);
  const links = await server.call('/api/v2/dependencies?endTs=1');
  assert.deepEqual([links.status, links.text], [500, 'RangeError'], 'the name of an error without a message');
  const post = await server.call('/api/v2/spans', { method: 'POST', body: '[{"traceId":"1","id":"1"}]' });
  assert.deepEqual([post.status, post.text, post.headers['retry-after']], [503, 'no engine', '2']);
});
