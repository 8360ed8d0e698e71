import fc from 'fast-check';
import { normalizeSpan, type Span, type SpanInput } from '../src/index.ts';
import { NOON } from './build-span.ts';

/** Few ids, so that loops, duplicates, shared halves and missing parents come up all the time. */
const id = fc.integer({ min: 1, max: 8 }).map(String);
const serviceName = fc.constantFrom('web', 'app', 'db', undefined);
const endpoint = fc.record({
  serviceName,
  ipv4: fc.constantFrom('10.0.0.1', '10.0.0.2', undefined),
  port: fc.constantFrom(80, undefined),
});

export const arbitrarySpan: fc.Arbitrary<Span> = fc
  .record<SpanInput>(
    {
      traceId: fc.constantFrom('a', '463ac35c9f6413ad000000000000000a'),
      id,
      parentId: id,
      kind: fc.constantFrom('CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'),
      name: fc.constantFrom('get', 'post'),
      timestamp: fc.integer({ min: 0, max: 100 }).map(n => NOON + n),
      duration: fc.integer({ min: 0, max: 100 }),
      localEndpoint: endpoint,
      remoteEndpoint: endpoint,
      annotations: fc.array(
        fc.record({ timestamp: fc.integer({ min: NOON, max: NOON + 9 }), value: fc.constantFrom('a', 'b') }),
        { maxLength: 3 },
      ),
      tags: fc.dictionary(fc.constantFrom('error', 'k', '__proto__', '10', '9'), fc.constantFrom('', 'v')),
      shared: fc.boolean(),
      debug: fc.boolean(),
    },
    { requiredKeys: ['traceId', 'id'] },
  )
  .map(normalizeSpan);

/** Spans of one trace, as broken as they come. */
export const arbitraryTrace: fc.Arbitrary<Span[]> = fc.array(arbitrarySpan, { minLength: 1, maxLength: 12 });

/** A trace and the same spans in another order. */
export const shuffledTrace: fc.Arbitrary<[Span[], Span[]]> = arbitraryTrace.chain(spans =>
  fc.tuple(fc.constant(spans), fc.shuffledSubarray(spans, { minLength: spans.length, maxLength: spans.length })),
);
