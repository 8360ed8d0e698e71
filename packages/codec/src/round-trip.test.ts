import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { normalizeSpan, type Span } from '@tracekin/model';
import fc from 'fast-check';
import { JaegerShape } from '../../../bench/workload/jaeger-shape.ts';
import { loadFixtures } from '../test/fixtures.ts';
import { plain } from '../test/spans.ts';
import { decodeSpans, encodeList, encodeSpan, encodeSpans, type SpanFormat } from './index.ts';

const V2: readonly SpanFormat[] = ['json-v2', 'proto3'];
const V1: readonly SpanFormat[] = ['json-v1', 'thrift'];

const hex = (length: number): fc.Arbitrary<string> =>
  fc
    .string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
    .filter(text => /[^0]/.test(text));
const micros = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const anyText = fc.string({ unit: 'binary' });
const endpoint = fc.record(
  {
    serviceName: anyText,
    ipv4: fc.ipV4(),
    ipv6: fc.ipV6(),
    port: fc.integer({ min: 0, max: 65535 }),
  },
  { requiredKeys: [] },
);
const span: fc.Arbitrary<Span> = fc
  .record(
    {
      traceId: fc.oneof(hex(16), hex(32)),
      id: hex(16),
      parentId: hex(16),
      kind: fc.constantFrom('CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'),
      name: anyText,
      timestamp: micros,
      duration: micros,
      localEndpoint: endpoint,
      remoteEndpoint: endpoint,
      annotations: fc.array(fc.record({ timestamp: micros, value: anyText })),
      tags: fc.dictionary(
        anyText.filter(key => key !== ''),
        anyText,
      ),
      debug: fc.boolean(),
      shared: fc.boolean(),
    },
    { requiredKeys: ['traceId', 'id'] },
  )
  .map(input => normalizeSpan(input));

describe('encoding and decoding', () => {
  for (const format of V2) {
    it(`gives any spans back through ${format}`, () => {
      fc.assert(
        fc.property(fc.array(span, { maxLength: 4 }), spans => {
          assert.deepEqual(plain(decodeSpans(encodeSpans(spans, format), format)), plain(spans));
        }),
        { numRuns: 200, seed: 1 },
      );
    });
  }

  for (const format of V1) {
    it(`agrees between ${format} and the other v1 format on any spans`, () => {
      fc.assert(
        fc.property(fc.array(span, { maxLength: 4 }), spans => {
          const json = plain(decodeSpans(encodeSpans(spans, 'json-v1'), 'json-v1'));
          assert.deepEqual(plain(decodeSpans(encodeSpans(spans, format), format)), json);
        }),
        { numRuns: 200, seed: 2 },
      );
    });
  }

  for (const format of [...V2, ...V1]) {
    it(`gives the usual spans of a service back through ${format}`, () => {
      for (const message of new JaegerShape().messages(10))
        assert.deepEqual(plain(decodeSpans(encodeSpans(message, format), format)), plain(message));
    });

    it(`joins spans encoded one by one as ${format} into the same message`, () => {
      const [message] = new JaegerShape().messages(1);
      for (const spans of [message!, message!.slice(0, 1), []]) {
        const joined = encodeList(
          spans.map(one => encodeSpan(one, format)),
          format,
        );
        assert.deepEqual(joined, encodeSpans(spans, format));
      }
    });
  }

  it('agrees between all formats on the fixtures that every format can hold', () => {
    const names = ['json-v2/client.body', 'json-v2/messaging.body', 'json-v2/minimal.body', 'thrift/client-128bit.hex'];
    for (const { name, format, bytes } of loadFixtures().filter(fixture => names.includes(fixture.name))) {
      const spans = decodeSpans(bytes, format);
      for (const other of [...V2, ...V1])
        assert.deepEqual(plain(decodeSpans(encodeSpans(spans, other), other)), plain(spans), `${name} as ${other}`);
    }
  });

  it('keeps ids, times, service, kind, annotations and tags through both OTLP formats', () => {
    for (const format of ['otlp-json', 'otlp-proto'] as const) {
      for (const message of new JaegerShape().messages(10)) {
        const back = decodeSpans(encodeSpans(message, format), format);
        const comparable = (spans: readonly Span[]): unknown =>
          plain(
            spans.map(one => ({
              ...one,
              localEndpoint: { serviceName: one.localEndpoint?.serviceName },
              remoteEndpoint: undefined,
            })),
          );
        assert.deepEqual(comparable(back), comparable(message));
      }
    }
  });

  it('turns an error tag into the status of OTLP and back', () => {
    const failed = normalizeSpan({
      traceId: '1',
      id: '2',
      kind: 'CLIENT',
      timestamp: 5,
      remoteEndpoint: { serviceName: 'db', ipv4: '10.0.0.1', port: 5432 },
      annotations: [{ timestamp: 7, value: 'x' }],
      tags: { error: 'boom' },
    });
    for (const format of ['otlp-json', 'otlp-proto'] as const) {
      assert.deepEqual(plain(decodeSpans(encodeSpans([failed], format), format)), [
        {
          traceId: '0000000000000001',
          id: '0000000000000002',
          kind: 'CLIENT',
          timestamp: 5,
          remoteEndpoint: { serviceName: 'db', ipv4: '10.0.0.1', port: 5432 },
          annotations: [{ timestamp: 7, value: 'x' }],
          tags: {
            error: 'boom',
            'network.peer.address': '10.0.0.1',
            'network.peer.port': '5432',
            'otel.status_code': 'ERROR',
            'peer.service': 'db',
          },
        },
      ]);
    }
  });
});
