import type { Kind, Span, SpanInput } from '@tracekin/model';
import { micros, newId, newLongTraceId, service, testSpan } from './storage-fixtures.ts';

const SERVICES = ['web', 'app', 'users', 'items', 'mail'];
const NAMES = ['get', 'post', 'query', 'render'];
const KINDS: readonly (Kind | undefined)[] = ['CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER', undefined];
const WORDS = ['a', 'b', 'error', 'retry'];

/** A small seeded generator (mulberry32): the same seed gives the same numbers everywhere. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Traces for property tests: of few services, names, tags and words, so that queries match by chance; with shared halves,
 * pieces, missing parents, missing times and the odd 128-bit id. The shape follows from the seed; ids never repeat. All
 * timestamps are within a minute after `BASE_MS`.
 */
export function randomTraces(seed: number, count: number): Span[][] {
  const random = seededRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const chance = (probability: number): boolean => random() < probability;

  const randomFields = (): Partial<SpanInput> => ({
    kind: pick(KINDS),
    name: chance(0.1) ? null : pick(NAMES),
    timestamp: chance(0.1) ? null : micros() + Math.floor(random() * 60_000_000),
    duration: chance(0.2) ? null : 1 + Math.floor(random() * 1000),
    localEndpoint: chance(0.1) ? null : service(pick(SERVICES)),
    remoteEndpoint: chance(0.6) ? null : service(pick(SERVICES)),
    tags: chance(0.4) ? null : { [pick(WORDS)]: pick(WORDS), [pick(WORDS)]: '' },
    annotations: chance(0.6) ? null : [{ timestamp: micros(), value: pick(WORDS) }],
    debug: chance(0.05),
  });

  return Array.from({ length: count }, () => {
    const traceId = chance(0.5) ? newId() : newLongTraceId();
    const spans: Span[] = [];
    const length = 1 + Math.floor(random() * 8);
    for (let i = 0; i < length; i++) {
      const parentId = chance(0.1) ? newId() : spans.length === 0 ? null : pick(spans).id;
      const span = testSpan({ traceId, parentId, ...randomFields() });
      spans.push(span);
      // A second report of the same id: the server's half, or a piece of the same half.
      if (chance(0.2)) spans.push(testSpan({ ...randomFields(), traceId, id: span.id, parentId, shared: chance(0.7) }));
    }
    return spans;
  });
}
