import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadFixture } from '../test/fixtures.ts';
import { plain } from '../test/spans.ts';
import { bytesOf, fromHex, proto } from '../test/wire.ts';
import { decodeOtlp, decodeSpans } from './index.ts';
import { otlpDuration, otlpTime, parseOtlpTime } from './otlp-time.ts';

const TRACE_ID = '0d94ce2fa1b7386e552c8f10e4a7d90c';
const SPAN_ID = 'b7e15a3d80c42f94';

interface JsonAttribute {
  readonly key: string;
  readonly value: unknown;
}

const text = (key: string, value: string): JsonAttribute => ({ key, value: { stringValue: value } });

/** The only span of a request in JSON with these fields. */
function one(fields: object, resource: readonly JsonAttribute[] = []): Record<string, unknown> {
  const span = { traceId: TRACE_ID, spanId: SPAN_ID, ...fields };
  const request = { resourceSpans: [{ resource: { attributes: resource }, scopeSpans: [{ spans: [span] }] }] };
  const spans = plain(decodeSpans(bytesOf(JSON.stringify(request)), 'otlp-json')) as Record<string, unknown>[];
  assert.equal(spans.length, 1);
  return spans[0]!;
}

const remote = (kind: number, attributes: Record<string, string>): unknown =>
  one({ kind, attributes: Object.entries(attributes).map(([key, value]) => text(key, value)) })['remoteEndpoint'];

describe('the OTLP decoders', () => {
  const expected = [
    {
      traceId: TRACE_ID,
      parentId: 'b7e15a3d80c42f93',
      id: SPAN_ID,
      kind: 'CLIENT',
      name: 'get /orders',
      timestamp: 1795223597901102,
      duration: 1,
      localEndpoint: { serviceName: 'checkout' },
      remoteEndpoint: { serviceName: 'orders.internal', ipv4: '10.2.3.4', port: 443 },
      annotations: [
        { timestamp: 1795223597901102, value: '"retry":{"attempt":2,"why":"timeout"}' },
        { timestamp: 1795223597901103, value: 'done' },
      ],
      tags: {
        bytes: 'AQID',
        'deployment.environment.name': 'production',
        double: '1.5',
        error: 'boom',
        int: '9223372036854775807',
        list: '["a",1,"NaN",{"k":false}]',
        nan: 'NaN',
        'network.peer.address': '10.2.3.4',
        'network.peer.port': '443',
        none: '',
        number: '7',
        'otel.dropped_attributes_count': '2',
        'otel.link.0': '0d94ce2fa1b7386e552c8f10e4a7d90d/b7e15a3d80c42f95',
        'otel.link.0.attributes': '{"batch":3}',
        'otel.scope.name': 'acme.store',
        'otel.scope.version': '1.2.0',
        'otel.status_code': 'ERROR',
        'scope.flag': 'true',
        'server.address': 'orders.internal',
        text: 'some "value"',
        'w3c.tracestate': 'vendor=1',
      },
    },
    {
      traceId: TRACE_ID,
      id: 'b7e15a3d80c42f95',
      kind: 'SERVER',
      name: 'root',
      timestamp: 1795223597901102,
      duration: 1,
      localEndpoint: { serviceName: 'checkout' },
      tags: {
        'deployment.environment.name': 'production',
        'otel.scope.name': 'acme.store',
        'otel.scope.version': '1.2.0',
        'otel.status_code': 'OK',
        'scope.flag': 'true',
      },
    },
  ];

  it('reads everything from JSON', () => {
    assert.deepEqual(plain(decodeSpans(loadFixture('otlp-json/request.body').bytes, 'otlp-json')), expected);
  });

  it('reads the same from protobuf, where the resource may stand behind the spans', () => {
    assert.deepEqual(plain(decodeSpans(loadFixture('otlp-proto/request.hex').bytes, 'otlp-proto')), expected);
  });

  it('reads the same from JSON when spans stand in front of what describes them', () => {
    const request = JSON.parse(new TextDecoder().decode(loadFixture('otlp-json/request.body').bytes));
    const turned = (value: unknown): unknown =>
      typeof value !== 'object' || value === null || Array.isArray(value)
        ? value
        : Object.fromEntries(Object.entries(value).reverse());
    const [resourceSpans] = request.resourceSpans;
    resourceSpans.scopeSpans = resourceSpans.scopeSpans.map(turned);
    const body = bytesOf(JSON.stringify({ resourceSpans: [turned(resourceSpans)] }));
    assert.deepEqual(plain(decodeSpans(body, 'otlp-json')), expected);
  });

  it('leaves out spans with wrong ids, counts them and says why', () => {
    const good = { traceId: TRACE_ID, spanId: SPAN_ID };
    const bad = [
      { ...good, traceId: '0'.repeat(32) },
      { ...good, spanId: 'zz' },
      { ...good, traceId: undefined },
      { ...good, spanId: '0'.repeat(16) },
    ];
    const body = bytesOf(
      JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [bad[0], good, ...bad.slice(1)] }] }] }),
    );
    const { spans, rejected, errorMessage } = decodeOtlp(body, 'otlp-json');
    assert.deepEqual(plain(spans), [{ traceId: TRACE_ID, id: SPAN_ID }]);
    assert.equal(rejected, 4);
    assert.equal(errorMessage, 'traceId is all zeros');
    assert.throws(() => decodeSpans(body, 'otlp-json'), {
      code: 'invalid-argument',
      message: 'traceId is all zeros reading 4 of 5 spans from otlp-json',
    });
  });

  it('does the same for protobuf', () => {
    const span = (traceId: string): Uint8Array =>
      proto.field(2, proto.field(1, fromHex(traceId)), proto.field(2, fromHex(SPAN_ID)));
    const body = proto.field(
      1,
      proto.field(2, span('00'.repeat(16)), span(TRACE_ID), span('01'), span('ff'.repeat(1000))),
    );
    const { spans, rejected } = decodeOtlp(body, 'otlp-proto');
    assert.deepEqual([spans.length, rejected], [1, 3]);
  });

  it('counts rejected spans towards the limit too', () => {
    const body = bytesOf(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{}, {}, {}] }] }] }));
    assert.throws(() => decodeOtlp(body, 'otlp-json', { maxSpans: 2 }), { code: 'too-large' });
  });

  it('reads nothing from an empty request', () => {
    assert.deepEqual(decodeSpans(new Uint8Array(), 'otlp-proto'), []);
    assert.deepEqual(decodeSpans(bytesOf('{}'), 'otlp-json'), []);
    assert.deepEqual(decodeSpans(bytesOf('{"resourceSpans":null}'), 'otlp-json'), []);
  });

  it('refuses what is no request', () => {
    for (const body of ['[]', '{', '{"resourceSpans":{}}', '{"resourceSpans":[1]}'])
      assert.throws(() => decodeSpans(bytesOf(body), 'otlp-json'), {
        code: 'invalid-argument',
        message: / from otlp json$/,
      });
    assert.throws(() => decodeSpans(bytesOf(0x0a, 9), 'otlp-proto'), {
      message: 'Truncated: length 9 > bytes available 0 reading List<Span> from otlp',
    });
  });

  it('reads snake_case names and enums by name or number', () => {
    const body = `{"resource_spans":[{"scope_spans":[{"spans":[{"trace_id":"${TRACE_ID}","span_id":"${SPAN_ID}","start_time_unix_nano":5000,"kind":"4"}]}]}]}`;
    assert.deepEqual(plain(decodeSpans(bytesOf(body), 'otlp-json')), [
      { traceId: TRACE_ID, id: SPAN_ID, kind: 'PRODUCER', timestamp: 5 },
    ]);
    assert.equal(one({ kind: 'SPAN_KIND_INTERNAL' })['kind'], undefined);
    assert.equal(one({ kind: 99 })['kind'], undefined);
  });

  it('makes a 64-bit trace id of one whose left half is zeros', () => {
    assert.equal(one({ traceId: `0000000000000000${SPAN_ID}` })['traceId'], SPAN_ID);
  });

  it('takes the remote service of a caller from the best attribute there is', () => {
    assert.deepEqual(remote(3, { 'peer.service': 'Orders', 'server.address': 'host' }), { serviceName: 'orders' });
    assert.deepEqual(remote(3, { 'server.address': 'host', 'server.port': '80', 'db.name': 'd' }), {
      serviceName: 'host',
      port: 80,
    });
    assert.deepEqual(remote(3, { 'server.address': '10.0.0.1', 'server.port': '99999' }), { ipv4: '10.0.0.1' });
    assert.deepEqual(remote(3, { 'net.peer.name': 'old', 'net.peer.port': '1' }), { serviceName: 'old', port: 1 });
    assert.deepEqual(remote(3, { 'db.system': 'postgresql' }), { serviceName: 'postgresql' });
    assert.deepEqual(remote(4, { 'messaging.system': 'kafka' }), { serviceName: 'kafka' });
    assert.equal(remote(3, { 'http.url': 'http://x' }), undefined);
  });

  it('takes the address of the caller for a server, never its own', () => {
    assert.deepEqual(
      remote(2, {
        'server.address': 'me',
        'network.peer.address': '::1',
        'network.peer.port': '5',
        'server.port': '80',
      }),
      { ipv6: '::1', port: 5 },
    );
    assert.equal(remote(2, { 'server.address': 'me', 'server.port': '80' }), undefined);
  });

  it('takes only peer.service for a span without a kind', () => {
    assert.equal(remote(1, { 'server.address': 'host' }), undefined);
    assert.deepEqual(remote(1, { 'peer.service': 'a' }), { serviceName: 'a' });
  });

  it('tags resource attributes except those that name the service, the SDK and the process; the span wins', () => {
    const resource = ['service.name', 'service.version', 'telemetry.sdk.name', 'process.pid', 'env'].map(key =>
      text(key, 'r'),
    );
    assert.deepEqual(one({ attributes: [text('env', 's')] }, resource), {
      traceId: TRACE_ID,
      id: SPAN_ID,
      localEndpoint: { serviceName: 'r' },
      tags: { env: 's', 'service.version': 'r' },
    });
  });

  it('keeps an error attribute when the status has no message', () => {
    assert.deepEqual(one({ status: { code: 2 }, attributes: [text('error', 'mine')] })['tags'], {
      error: 'mine',
      'otel.status_code': 'ERROR',
    });
    assert.deepEqual(one({ status: { code: 2 } })['tags'], { error: '', 'otel.status_code': 'ERROR' });
  });
});

describe('OTLP times', () => {
  it('are exact to the nanosecond', () => {
    const nanos = 1795223597901102999n;
    const time = { micros: 1795223597901102, nanos: 999 };
    assert.deepEqual(otlpTime(Number(nanos & 0xffff_ffffn), Number(nanos >> 32n)), time);
    assert.deepEqual(parseOtlpTime(String(nanos)), time);
    assert.deepEqual(parseOtlpTime('999'), { micros: 0, nanos: 999 });
    for (const wrong of ['', '-1', '1.5', '1e9', '9'.repeat(21)]) assert.equal(parseOtlpTime(wrong), undefined);
  });

  it('give a duration of at least 1, rounded down, and none when the end is missing or comes first', () => {
    const at = (micros: number, nanos = 0) => ({ micros, nanos });
    assert.equal(otlpDuration(at(5), at(5)), 1);
    assert.equal(otlpDuration(at(5, 1), at(7)), 1);
    assert.equal(otlpDuration(at(5, 1), at(7, 1)), 2);
    assert.equal(otlpDuration(at(5), at(0)), undefined);
    assert.equal(otlpDuration(at(5), at(4)), undefined);
    assert.equal(otlpDuration(at(5, 2), at(5, 1)), undefined);
    assert.equal(otlpDuration(undefined, at(5)), undefined);
  });

  it('beyond 2^53 microseconds reject their span only', () => {
    const body = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${TRACE_ID}","spanId":"${SPAN_ID}","startTimeUnixNano":"18446744073709551615"}]}]}]}`;
    assert.deepEqual(decodeOtlp(bytesOf(body), 'otlp-json'), {
      spans: [],
      rejected: 1,
      errorMessage: 'start_time_unix_nano should be below 2^53 microseconds',
    });
  });
});
