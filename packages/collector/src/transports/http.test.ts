import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { encodeSpans, type Format } from '@tracekin/codec';
import { type ErrorCode, TracekinError } from '@tracekin/model';
import fastify, { type FastifyInstance } from 'fastify';
import { type Collector, createCollector } from '../collector.ts';
import { CollectorMetrics, type TransportCounters } from '../collector-metrics.ts';
import { createSampler } from '../sampler.ts';
import { FakeStorage, someSpans } from '../testing/fake-storage.ts';
import { type HttpTransportOptions, httpTransport } from './http.ts';

const statuses: Partial<Record<ErrorCode, number>> = { 'invalid-argument': 400, 'too-large': 413, overloaded: 503 };

describe('the HTTP transport', () => {
  let fake: FakeStorage;
  let metrics: CollectorMetrics;
  let collector: Collector;
  let server: FastifyInstance;

  beforeEach(() => start());
  afterEach(() => server.close());

  async function start(options: Partial<HttpTransportOptions> = {}): Promise<void> {
    await server?.close();
    fake = new FakeStorage();
    metrics = new CollectorMetrics();
    collector = createCollector({ storage: fake.storage, sampler: createSampler(1), metrics });
    server = fastify();
    // As the server package maps errors.
    server.setErrorHandler((error: Error, _request, reply) =>
      reply
        .code(error instanceof TracekinError ? (statuses[error.code] ?? 500) : 500)
        .type('text/plain')
        .send(error.message),
    );
    await server.register(httpTransport({ collector, metrics, ...options }));
  }

  const http = (): TransportCounters => metrics.snapshot().get('http')!;

  const body = (format: Format): Buffer =>
    Buffer.from(encodeSpans(someSpans(2, { tags: { a: 'b' }, localEndpoint: { serviceName: 'x' } }), format));

  async function post(
    url: string,
    payload: Uint8Array | string,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: string; headers: Record<string, unknown> }> {
    const answer = await server.inject({ method: 'POST', url, payload: Buffer.from(payload), headers });
    return { status: answer.statusCode, body: answer.body, headers: answer.headers };
  }

  const accepted: [string, string, string, Format][] = [
    ['JSON v2', '/api/v2/spans', 'application/json', 'json-v2'],
    ['JSON v2 with a charset', '/api/v2/spans', 'application/json; charset=utf-8', 'json-v2'],
    ['JSON v2 as plain text', '/api/v2/spans', 'text/plain', 'json-v2'],
    ['JSON v2 with a content type that is none', '/api/v2/spans', '???', 'json-v2'],
    ['proto3', '/api/v2/spans', 'application/x-protobuf', 'proto3'],
    ['proto3 in capitals', '/api/v2/spans', 'Application/X-Protobuf', 'proto3'],
    ['JSON v1', '/api/v1/spans', 'application/json', 'json-v1'],
    ['JSON v1 with an odd content type', '/api/v1/spans', 'application/octet-stream', 'json-v1'],
    ['thrift', '/api/v1/spans', 'application/x-thrift', 'thrift'],
  ];

  for (const [what, url, type, format] of accepted) {
    test(`takes ${what} with 202 and an empty body, plain and gzipped`, async () => {
      for (const encoding of ['', 'gzip', 'x-gzip, gzip']) {
        const plain = body(format);
        const answer = await post(url, encoding === '' ? plain : gzipSync(plain), {
          'content-type': type,
          ...(encoding === '' ? {} : { 'content-encoding': encoding }),
        });
        assert.deepEqual([answer.status, answer.body], [202, '']);
      }
      assert.equal(fake.spans.length, 6);
      assert.deepEqual([http().messages, http().spans, http().messagesDropped], [3, 6, 0]);
    });
  }

  test('takes JSON v2 without a content type', async () => {
    await server.listen({ port: 0, host: '127.0.0.1' });
    const { port } = server.server.address() as { port: number };
    const status = await new Promise(resolve => {
      const request = httpRequest({ port, host: '127.0.0.1', path: '/api/v2/spans', method: 'POST' }, answer =>
        answer.resume().on('end', () => resolve(answer.statusCode)),
      );
      request.end(body('json-v2'));
    });
    assert.equal(status, 202);
    assert.equal(fake.spans.length, 2);
  });

  for (const [url, type] of [
    ['/api/v2/spans', 'application/json'],
    ['/api/v2/spans', 'application/x-protobuf'],
    ['/api/v1/spans', 'application/json'],
    ['/api/v1/spans', 'application/x-thrift'],
  ] as const) {
    test(`an empty body is 202 on ${url} as ${type}, gzipped or not`, async () => {
      for (const [payload, encoding] of [
        ['', undefined],
        ['', 'gzip'],
        [gzipSync(''), 'gzip'],
        [gzipSync('[]'), 'gzip'],
        ['[]', undefined],
      ] as const) {
        const answer = await post(url, payload, {
          'content-type': type,
          ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
        });
        assert.deepEqual([answer.status, answer.body], [202, '']);
      }
      assert.deepEqual([http().messages, http().bytes, http().spans, http().messagesDropped], [5, 0, 0, 0]);
    });
  }

  const refused: [string, string, string, string | (() => Uint8Array), string][] = [
    ['a leading blank', '/api/v2/spans', 'application/json', ' []', 'Expected a JSON_V2 encoded list\n'],
    ['a single span', '/api/v2/spans', 'application/json', '{"id":"1"}', 'Expected a JSON_V2 encoded list\n'],
    ['text', '/api/v1/spans', 'application/json', 'hello', 'Expected a JSON_V1 encoded list\n'],
    ['text as proto3', '/api/v2/spans', 'application/x-protobuf', 'hello', 'Expected a PROTO3 encoded list\n'],
    ['text as thrift', '/api/v1/spans', 'application/x-thrift', 'hello', 'Expected a THRIFT encoded list\n'],
    [
      'v1 sent to v2',
      '/api/v2/spans',
      'application/json',
      '[{"traceId":"1","id":"1","binaryAnnotations":[]}]',
      'Expected a JSON_V2 encoded list, but received: JSON_V1\n',
    ],
    [
      'v2 sent to v1',
      '/api/v1/spans',
      'application/json',
      () => body('json-v2'),
      'Expected a JSON_V1 encoded list, but received: JSON_V2\n',
    ],
  ];

  for (const [what, url, type, payload, message] of refused) {
    test(`${what} is 400 with Zipkin's text and counts as dropped`, async () => {
      const answer = await post(url, typeof payload === 'string' ? payload : payload(), { 'content-type': type });
      assert.deepEqual([answer.status, answer.body], [400, message]);
      assert.deepEqual([http().messages, http().messagesDropped], [1, 1]);
    });
  }

  test('a v2 span that mentions annotations in capitals is not taken for v1', async () => {
    const spans = someSpans(1, { tags: { key: 'Annotations' }, name: 'x' });
    assert.equal((await post('/api/v2/spans', encodeSpans(spans, 'json-v2'))).status, 202);
  });

  test("what is not gzip is 400 with Zipkin's text, cut short or of another kind", async () => {
    for (const payload of ['hello', gzipSync(body('json-v2')).subarray(0, 40), deflateRawSync(body('json-v2'))]) {
      const answer = await post('/api/v2/spans', payload, { 'content-encoding': 'gzip' });
      assert.deepEqual([answer.status, answer.body], [400, 'Cannot gunzip spans']);
    }
    assert.deepEqual([http().messages, http().messagesDropped], [3, 3]);
  });

  test('a malformed span rejects the whole message and names the problem', async () => {
    const answer = await post('/api/v2/spans', '[{"traceId":"zz","id":"1"}]');
    assert.equal(answer.status, 400);
    assert.match(answer.body, /traceId|lower-hex/);
    assert.equal(fake.spans.length, 0);
    assert.equal(http().messagesDropped, 1);
  });

  test('a body over the limit is 413, by its declared or by its real size', async () => {
    await start({ maxBodyBytes: 100 });
    const answer = await post('/api/v2/spans', 'x'.repeat(101));
    assert.deepEqual([answer.status, answer.body], [413, 'the body is larger than 100 bytes']);

    await server.listen({ port: 0, host: '127.0.0.1' });
    const { port } = server.server.address() as { port: number };
    const status = await new Promise((resolve, reject) => {
      const request = httpRequest({ port, host: '127.0.0.1', path: '/api/v2/spans', method: 'POST' }, answer =>
        answer.resume().on('end', () => resolve(answer.statusCode)),
      );
      request.on('error', reject);
      request.write('['.padEnd(80));
      request.end(' '.repeat(80));
    });
    assert.equal(status, 413);
    assert.equal(http().messagesDropped, 2);
  });

  for (const [what, claimed] of [
    ['that tells its size', undefined],
    ['that lies about its size', 10],
  ] as const) {
    test(`a zip bomb ${what} is 413 and is not unzipped beyond the limit`, async () => {
      await start({ maxUnzippedBytes: 1 << 20 });
      const bomb = gzipSync(Buffer.alloc(50 << 20, 0x20));
      if (claimed !== undefined) bomb.writeUInt32LE(claimed, bomb.length - 4);
      const answer = await post('/api/v2/spans', bomb, { 'content-encoding': 'gzip' });
      assert.deepEqual([answer.status, answer.body], [413, `the body is larger than ${1 << 20} bytes after gunzip`]);
    });
  }

  test('a large gzipped body is unzipped on another thread', async () => {
    const spans = someSpans(5000, { tags: { random: 'abcdefghij'.repeat(20) } });
    const answer = await post('/api/v2/spans', gzipSync(encodeSpans(spans, 'json-v2')), { 'content-encoding': 'gzip' });
    assert.equal(answer.status, 202);
    assert.equal(fake.spans.length, 5000);
  });

  test('a body that breaks off is counted and does not disturb others', async () => {
    await server.listen({ port: 0, host: '127.0.0.1' });
    const { port } = server.server.address() as { port: number };
    await new Promise<void>(resolve => {
      const request = httpRequest({
        port,
        host: '127.0.0.1',
        path: '/api/v2/spans',
        method: 'POST',
        headers: { 'content-length': '1000' },
      });
      request.on('error', () => resolve());
      request.write('[', () => setTimeout(() => request.destroy(new Error('gone')), 20));
    });
    const since = Date.now();
    while (http().messagesDropped === 0 && Date.now() - since < 2000) await new Promise(done => setTimeout(done, 5));
    assert.equal(http().messagesDropped, 1);
    assert.equal((await post('/api/v2/spans', body('json-v2'))).status, 202);
  });

  test('overload is 503 with the seconds to wait', async () => {
    fake.fault = () => ({ before: new TracekinError('overloaded', 'the spool is full', { retryAfterMs: 1500 }) });
    const answer = await post('/api/v2/spans', body('json-v2'));
    assert.deepEqual([answer.status, answer.body, answer.headers['retry-after']], [503, 'the spool is full', '2']);
  });

  describe('for OTLP', () => {
    const otlp = JSON.stringify({
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'frontend' } }] },
          scopeSpans: [
            {
              spans: [
                {
                  traceId: '5b8efff798038103d269b633813fc60c',
                  spanId: 'eee19b7ec3c1b174',
                  name: 'GET /',
                  kind: 2,
                  startTimeUnixNano: '1700000000000000000',
                  endTimeUnixNano: '1700000000005000000',
                },
              ],
            },
          ],
        },
      ],
    });

    test('takes JSON with 200 and an empty response object', async () => {
      const answer = await post('/v1/traces', otlp, { 'content-type': 'application/json' });
      assert.deepEqual([answer.status, answer.body], [200, '{}']);
      assert.match(String(answer.headers['content-type']), /^application\/json/);
      assert.equal(fake.spans[0]?.localEndpoint?.serviceName, 'frontend');
      assert.equal(metrics.snapshot().get('otlp-http')!.spans, 1);
    });

    /** The request above with a second span whose id is all zeros. */
    const half = (): string => {
      const request = JSON.parse(otlp);
      const [scope] = request.resourceSpans[0].scopeSpans;
      scope.spans.push({ ...scope.spans[0], spanId: '0000000000000000' });
      return JSON.stringify(request);
    };

    test('a span that breaks a rule does not take the others with it and is reported', async () => {
      const answer = await post('/v1/traces', half(), { 'content-type': 'application/json' });
      assert.equal(answer.status, 200);
      const { partialSuccess } = JSON.parse(answer.body);
      assert.equal(partialSuccess.rejectedSpans, '1');
      assert.ok(partialSuccess.errorMessage.length > 0);
      assert.equal(fake.spans.length, 1);
      const { spans, spansDropped, spansDroppedBy, messageSpans } = metrics.snapshot().get('otlp-http')!;
      assert.deepEqual([spans, spansDropped, spansDroppedBy.malformed, messageSpans], [2, 1, 1, 2]);
    });

    test('partial success in protobuf is field 1 with a count and a reason', async () => {
      const outcome = { rejectedSpans: 300, errorMessage: 'why' };
      collector.acceptOtlp = async () => outcome;
      const answer = await server.inject({
        method: 'POST',
        url: '/v1/traces',
        payload: Buffer.from('x'),
        headers: { 'content-type': 'application/x-protobuf' },
      });
      assert.deepEqual([...answer.rawPayload], [0x0a, 8, 0x08, 0xac, 0x02, 0x12, 3, ...Buffer.from('why')]);
    });

    test('answers an empty protobuf request with an empty protobuf message', async () => {
      const answer = await post('/v1/traces', '', { 'content-type': 'application/x-protobuf' });
      assert.deepEqual([answer.status, answer.body], [200, '']);
      assert.equal(answer.headers['content-type'], 'application/x-protobuf');
    });

    test('malformed JSON is 400 with a status object', async () => {
      const answer = await post('/v1/traces', '{"resourceSpans":[', { 'content-type': 'application/json' });
      assert.equal(answer.status, 400);
      assert.equal(JSON.parse(answer.body).code, 3);
      assert.ok(JSON.parse(answer.body).message.length > 0);
    });

    test('malformed protobuf is 400 with a status message', async () => {
      const answer = await server.inject({
        method: 'POST',
        url: '/v1/traces',
        payload: Buffer.from([0x0a, 0x7f, 1]),
        headers: { 'content-type': 'application/x-protobuf' },
      });
      assert.equal(answer.statusCode, 400);
      const [codeTag, code, messageTag, length] = answer.rawPayload;
      assert.deepEqual([codeTag, code, messageTag, length], [0x08, 3, 0x12, answer.rawPayload.length - 4]);
    });

    test('overload is 503 with the seconds to wait, which exporters obey', async () => {
      fake.fault = () => ({ before: new TracekinError('overloaded', 'full', { retryAfterMs: 5000 }) });
      const answer = await post('/v1/traces', otlp, { 'content-type': 'application/json' });
      assert.deepEqual([answer.status, answer.headers['retry-after']], [503, '5']);
      assert.deepEqual(JSON.parse(answer.body), { code: 8, message: 'full' });
    });

    test('another content type is 415', async () => {
      assert.equal((await post('/v1/traces', otlp, { 'content-type': 'text/plain' })).status, 415);
    });

    test('can be switched off', async () => {
      await start({ otlp: false });
      assert.equal((await post('/v1/traces', otlp, { 'content-type': 'application/json' })).status, 404);
    });
  });
});
