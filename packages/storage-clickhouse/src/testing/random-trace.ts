import { normalizeSpan, type Span } from '@tracekin/model';
import fc from 'fast-check';

const services = fc.option(fc.constantFrom('front', 'back', 'auth', 'db'), { nil: undefined });
const kinds = fc.constantFrom(undefined, 'CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER');

/**
 * Traces that go wrong in every way links care about: halves that share an id with and without the flag, missing parents,
 * several roots, loops, pieces of one span, names on one side only. `startMicros` is where the first may start.
 */
export function randomTrace(startMicros: number, simple = false): fc.Arbitrary<Span[]> {
  const span = fc.record({
    id: fc.integer({ min: 1, max: 6 }),
    parent: fc.integer({ min: 0, max: 6 }),
    kind: kinds,
    service: services,
    remote: services,
    failed: fc.boolean(),
    shared: simple ? fc.constant(false) : fc.boolean(),
    at: fc.option(fc.integer({ min: 0, max: 180_000_000 }), { nil: undefined, freq: 8 }),
  });
  return fc
    .tuple(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), fc.boolean(), fc.array(span, { minLength: 1, maxLength: 8 }))
    .map(([trace, long, spans]) => {
      const low = trace.toString(16).padStart(16, '0');
      return spans.map((one, index) =>
        normalizeSpan({
          traceId: long && index % 2 === 0 ? `00000000000000ab${low}` : low,
          // A simple trace: each span has an id of its own and an earlier one as its parent.
          id: (simple ? index + 1 : one.id).toString(16).padStart(16, '0'),
          parentId: parentOf(simple, one.parent, index),
          kind: one.kind as Span['kind'],
          timestamp: one.at === undefined ? undefined : startMicros + one.at,
          localEndpoint: one.service === undefined ? undefined : { serviceName: one.service },
          remoteEndpoint: one.remote === undefined ? undefined : { serviceName: one.remote },
          tags: one.failed ? { error: '' } : undefined,
          shared: one.shared || undefined,
        }),
      );
    });
}

function parentOf(simple: boolean, parent: number, index: number): string | undefined {
  const number = simple ? (index === 0 ? 0 : (parent % index) + 1) : parent;
  return number === 0 ? undefined : number.toString(16).padStart(16, '0');
}
