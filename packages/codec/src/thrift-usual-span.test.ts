import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Span, TracekinError } from '@tracekin/model';
import fc from 'fast-check';
import { JaegerShape } from '../../../bench/workload/jaeger-shape.ts';
import { loadFixture } from '../test/fixtures.ts';
import { plain } from '../test/spans.ts';
import { bytesOf, thrift } from '../test/wire.ts';
import { DEFAULT_LIMITS, encodeSpanThrift } from './index.ts';
import { binaryTagShapes } from './tag-shapes.ts';
import { ThriftEndpointReader } from './thrift-endpoint.ts';
import { UsualSpanReader } from './thrift-usual-span.ts';
import { readThriftV1Span } from './thrift-v1-span.ts';
import { v1ToV2 } from './v1-to-v2.ts';

/** The spans or the error of the general way, and where it stopped. */
function general(bytes: Uint8Array): { spans: unknown; end: number } | TracekinError {
  try {
    const input = new ThriftEndpointReader(bytes, DEFAULT_LIMITS);
    const spans: Span[] = [];
    v1ToV2(readThriftV1Span(input), spans, binaryTagShapes());
    return { spans: plain(spans), end: input.pos };
  } catch (error) {
    assert.ok(error instanceof TracekinError, String(error));
    return error;
  }
}

/** The same of the short way; `undefined` when it leaves the span to the general one. */
function usual(bytes: Uint8Array): { spans: unknown; end: number } | TracekinError | undefined {
  try {
    const input = new ThriftEndpointReader(bytes, DEFAULT_LIMITS);
    const span = new UsualSpanReader(input, binaryTagShapes()).span();
    return span === undefined ? undefined : { spans: plain([span]), end: input.pos };
  } catch (error) {
    assert.ok(error instanceof TracekinError, String(error));
    return error;
  }
}

/** Checks that both ways agree, and says whether the short one was taken. */
function agree(bytes: Uint8Array): boolean {
  const short = usual(bytes);
  if (short === undefined) return false;
  const long = general(bytes);
  if (short instanceof TracekinError || long instanceof TracekinError) assert.equal(String(short), String(long));
  else assert.deepEqual(short, long);
  return true;
}

const structOf = (service: string): Uint8Array[] => [
  thrift.i32(1, 0x0a141e04),
  thrift.i16(2, 7010),
  thrift.string(3, service),
];
const mostly = <T>(usually: fc.Arbitrary<T>, ...rarely: fc.Arbitrary<T>[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 30, arbitrary: usually }, ...rarely.map(arbitrary => ({ weight: 1, arbitrary })));
const service = mostly(fc.constant('workshop'), fc.constant('parcels'), fc.constant(''));
const micros = mostly<number | bigint>(fc.integer({ min: 1000, max: 1010 }), fc.constant(0), fc.constant(-1n));
const host = (id: number): fc.Arbitrary<Uint8Array[]> =>
  mostly(
    service.map(name => [thrift.struct(id, ...structOf(name))]),
    fc.constant([]),
    fc.constant([thrift.struct(id)]),
    fc.constant([thrift.struct(id, thrift.bool(99, true)), thrift.i16(50, 1)]),
  );
const annotation = fc
  .tuple(micros, fc.constantFrom('cs', 'cr', 'sr', 'ss', 'ms', 'ws', 'wr', 'mr', 'seen', 'xx', ''), host(3))
  .map(([at, value, endpoint]) => [thrift.i64(1, at), thrift.string(2, value), ...endpoint]);
const tag = fc
  .tuple(fc.constantFrom('a', 'b', 'lc', 'sa', 'é', ''), fc.constantFrom('', '1', 'long value'), host(4))
  .map(([key, value, endpoint]) => [thrift.string(1, key), thrift.string(2, value), thrift.i32(3, 6), ...endpoint]);
const address = fc
  .tuple(
    fc.constantFrom('sa', 'ca', 'ma', 'lc'),
    mostly(fc.constant(1), fc.constant(0)),
    mostly(fc.constant(0), fc.constant(3)),
    host(4),
  )
  .map(([key, value, type, endpoint]) => [
    thrift.string(1, key),
    thrift.string(2, Uint8Array.of(value)),
    thrift.i32(3, type),
    ...endpoint,
  ]);
/** A begin and its end, so that sides of calls are frequent. */
const pair = fc
  .tuple(fc.constantFrom(['cs', 'cr'], ['sr', 'ss'], ['ms', 'ws'], ['wr', 'mr'], ['mr'], ['cs'], []), host(3), micros)
  .map(([values, endpoint, at]) =>
    values.map((value, i) => [thrift.i64(1, BigInt(at) + BigInt(i)), thrift.string(2, value), ...endpoint]),
  );
const optional = (field: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array[]> =>
  fc.option(field, { nil: undefined }).map(value => (value === undefined ? [] : [value]));
const v1Struct = fc
  .tuple(
    optional(fc.bigInt({ min: 0n, max: 3n }).map(high => thrift.i64(12, high))),
    mostly(fc.constant([thrift.i64(1, 7), thrift.i64(4, 9)]), fc.constant([thrift.i64(1, 0), thrift.i64(4, 9)])),
    optional(fc.constantFrom(0, 5, 9).map(parent => thrift.i64(5, parent))),
    optional(fc.constantFrom('get', 'GET', '').map(name => thrift.string(3, name))),
    fc.tuple(pair, fc.array(annotation, { maxLength: 2 })).map(([a, b]) => [thrift.list(6, ...a, ...b)]),
    fc
      .tuple(fc.array(tag, { maxLength: 3 }), fc.array(address, { maxLength: 2 }))
      .map(([tags, addresses]) => [thrift.list(8, ...tags, ...addresses)]),
    optional(fc.boolean().map(debug => thrift.bool(9, debug))),
    optional(micros.map(timestamp => thrift.i64(10, timestamp))),
    optional(micros.map(duration => thrift.i64(11, duration))),
    mostly(fc.constant<Uint8Array[]>([]), fc.constant<Uint8Array[]>([thrift.string(77, 'unknown')])),
  )
  .map(parts => bytesOf(...parts.flat(), thrift.stop));

describe('the short way through thrift', () => {
  it('gives what the general way gives, for any structs of the fields that spans have', () => {
    const taken = { short: 0, long: 0 };
    fc.assert(
      fc.property(v1Struct, bytes => {
        taken[agree(bytes) ? 'short' : 'long']++;
      }),
      { numRuns: 2000, seed: 3 },
    );
    assert.ok(taken.short > 300 && taken.long > 300, JSON.stringify(taken));
  });

  it('gives what the general way gives, errors included, for truncated and damaged structs', () => {
    fc.assert(
      fc.property(v1Struct, fc.nat(), fc.nat(255), (bytes, at, byte) => {
        agree(bytes.slice(0, at % bytes.length));
        bytes[at % bytes.length] = byte;
        agree(bytes);
      }),
      { numRuns: 1000, seed: 4 },
    );
  });

  it('is taken for every usual span of a service, with or without its times', () => {
    for (const message of new JaegerShape().messages(5)) {
      for (const span of message) {
        assert.ok(agree(encodeSpanThrift(span)));
        for (const kind of ['CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER', undefined] as const) {
          assert.ok(agree(encodeSpanThrift({ ...span, kind })));
          assert.ok(agree(encodeSpanThrift({ ...span, kind, duration: undefined })));
          assert.ok(agree(encodeSpanThrift({ ...span, kind, shared: true })));
        }
      }
    }
  });

  it('is taken for what py_zipkin 0.7 sends of a request, and leaves its local spans to the general way', () => {
    const struct = (name: string): Uint8Array => loadFixture(`thrift/${name}.hex`).bytes.slice(5);
    assert.equal(agree(struct('py-zipkin-0.7-server')), true);
    assert.equal(agree(struct('py-zipkin-0.7-local')), false);
  });
});
