import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { encodeSpans, type Format } from '@tracekin/codec';
import { startServer } from './testing/start-server.ts';

const SPAN = {
  traceId: '1'.repeat(16),
  id: '2'.repeat(16),
  kind: 'CLIENT',
  name: 'get',
  timestamp: 1_700_000_000_000_000,
  duration: 5,
  localEndpoint: { serviceName: 'a' },
} as const;

test('every encoding is accepted with 202 and no body, gzipped or not, and read back the same', async () => {
  await using server = await startServer();
  let id = 1;
  for (const [format, path, type] of [
    ['json-v2', '/api/v2/spans', 'application/json'],
    ['json-v2', '/api/v2/spans', ''],
    ['json-v2', '/api/v2/spans', 'text/plain'],
    ['json-v2', '/api/v2/spans', 'not a content type'],
    ['proto3', '/api/v2/spans', 'application/x-protobuf'],
    ['json-v1', '/api/v1/spans', 'application/json'],
    ['thrift', '/api/v1/spans', 'application/x-thrift'],
  ] satisfies [Format, string, string][]) {
    for (const zip of [false, true]) {
      const traceId = (id++).toString(16).padStart(16, '0');
      const body = encodeSpans([{ ...SPAN, traceId }], format);
      const headers = { ...(type !== '' && { 'content-type': type }), ...(zip && { 'content-encoding': 'gzip' }) };
      const answer = await server.call(path, { method: 'POST', headers, body: zip ? gzipSync(body) : body });
      assert.deepEqual(
        [answer.status, answer.text, answer.headers['content-length']],
        [202, '', '0'],
        `${format} ${type}`,
      );
      assert.deepEqual(
        JSON.parse((await server.call(`/api/v2/trace/${traceId}`)).text),
        [{ ...SPAN, traceId }],
        `${format} ${type}`,
      );
    }
  }
});

test('what cannot be read is refused with the text of Zipkin', async () => {
  await using server = await startServer();
  for (const [path, headers, body, text] of [
    ['/api/v2/spans', {}, ' []', 'Expected a JSON_V2 encoded list\n'],
    ['/api/v2/spans', {}, 'x', 'Expected a JSON_V2 encoded list\n'],
    ['/api/v2/spans', { 'content-type': 'application/x-protobuf' }, 'x', 'Expected a PROTO3 encoded list\n'],
    ['/api/v2/spans', {}, '[{"binaryAnnotations":[]}]', 'Expected a JSON_V2 encoded list, but received: JSON_V1\n'],
    ['/api/v1/spans', {}, '[{"localEndpoint":{}}]', 'Expected a JSON_V1 encoded list, but received: JSON_V2\n'],
    ['/api/v2/spans', { 'content-encoding': 'gzip' }, 'not gzip', 'Cannot gunzip spans'],
  ] as const) {
    const answer = await server.call(path, { method: 'POST', headers, body });
    assert.deepEqual([answer.status, answer.text, answer.headers['content-type']], [400, text, 'text/*']);
  }
});

test('empty messages are accepted, also gzipped', async () => {
  await using server = await startServer();
  for (const [path, headers, body] of [
    ['/api/v2/spans', {}, ''],
    ['/api/v2/spans', {}, '[]'],
    ['/api/v1/spans', {}, '[]'],
    ['/api/v2/spans', { 'content-encoding': 'gzip' }, gzipSync('[]')],
    ['/api/v2/spans', { 'content-encoding': 'gzip', 'content-type': 'application/x-protobuf' }, gzipSync('')],
  ] as const) {
    assert.equal((await server.call(path, { method: 'POST', headers, body })).status, 202);
  }
});

test('one bad span refuses the whole message', async () => {
  await using server = await startServer();
  const answer = await server.call('/api/v2/spans', {
    method: 'POST',
    body: '[{"traceId":"1","id":"1"},{"traceId":"X","id":"2"}]',
  });
  assert.equal(answer.status, 400);
  assert.match(answer.text, /X should be lower-hex encoded with no prefix/);
  assert.equal((await server.call('/api/v2/trace/1')).status, 404);
});

test('a body above the limit is refused with 413', async () => {
  await using server = await startServer({ maxMessageBytes: 1000 });
  const answer = await server.call('/api/v2/spans', { method: 'POST', body: `[${' '.repeat(2000)}]` });
  assert.equal(answer.status, 413);
});

test('with the HTTP collector disabled posts are 404', async () => {
  await using server = await startServer({ collectorHttpEnabled: false });
  for (const path of ['/api/v2/spans', '/api/v1/spans']) {
    const { status, text } = await server.call(path, { method: 'POST', body: '[]' });
    assert.deepEqual([status, text], [404, '404 Not Found']);
  }
});

test('the sampling rate keeps whole traces and debug spans', async () => {
  await using server = await startServer({ collectorSampleRate: 0 });
  await server.post([
    { traceId: '1', id: '1' },
    { traceId: '2', id: '2', debug: true },
  ]);
  assert.equal((await server.call('/api/v2/trace/1')).status, 404);
  assert.equal((await server.call('/api/v2/trace/2')).status, 200);
  assert.equal(JSON.parse((await server.call('/metrics')).text)['counter.zipkin_collector.spans_dropped.http'], 1);
});

test('OTLP over HTTP is accepted on the same port, and refused with a status', async () => {
  await using server = await startServer();
  const headers = { 'content-type': 'application/json' };
  const span = {
    traceId: '5b8efff798038103d269b633813fc60c',
    spanId: 'eee19b7ec3c1b174',
    name: 'GET',
    kind: 3,
    startTimeUnixNano: '1700000000000000000',
    endTimeUnixNano: '1700000000001000000',
  };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'Web' } }] };
  const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] });
  const sent = await server.call('/v1/traces', { method: 'POST', headers, body });
  assert.deepEqual([sent.status, sent.text], [200, '{}']);
  const [read] = JSON.parse((await server.call(`/api/v2/trace/${span.traceId}`)).text);
  assert.deepEqual([read.localEndpoint.serviceName, read.kind, read.duration], ['web', 'CLIENT', 1000]);
  const refused = await server.call('/v1/traces', { method: 'POST', headers, body: '{' });
  assert.equal(refused.status, 400);
  assert.equal(JSON.parse(refused.text).code, 3);
});
