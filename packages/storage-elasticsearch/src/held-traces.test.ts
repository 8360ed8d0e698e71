import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DependencyLink, type Endpoint, linkSpans, lowTraceId, type Span } from '@tracekin/model';
import fc from 'fast-check';
import { HeldTraces } from './held-traces.ts';
import { LinkRecords } from './link-records.ts';
import { LinkShapes } from './link-shapes.ts';

const recordsOf = (spans: readonly Span[]): LinkRecords => {
  const records = new LinkRecords();
  for (const span of spans) records.add(span);
  return records;
};
const hex = (number: number): string => number.toString(16).padStart(16, '0');

test('traces are held by the low half of their ids and forgotten one by one, whatever the order', () => {
  const step = fc.record({
    traces: fc.array(fc.tuple(fc.nat({ max: 30 }), fc.boolean()), { maxLength: 40 }),
    remove: fc.array(fc.nat(), { maxLength: 10 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), steps => {
      const held = new HeldTraces();
      const model = new Map<string, Span[]>();
      let now = 0;
      for (const { traces, remove } of steps) {
        now += 1;
        const spans = traces.map(([trace, isLong], index): Span => {
          const low = hex(trace * 0x9e3779b1 + 1);
          return { traceId: isLong ? `${hex(7)}${low}` : low, id: hex(index + 1), timestamp: now };
        });
        const known = new Set([...model.values()].flat().map(span => span.traceId));
        assert.deepEqual(
          [...new Set(held.add(recordsOf(spans), now))].sort(),
          [...new Set(spans.map(span => span.traceId).filter(id => !known.has(id)))].sort(),
        );
        for (const span of spans) {
          const id = lowTraceId(span.traceId);
          model.set(id, [...(model.get(id) ?? []), span]);
        }
        for (const number of remove) {
          const all = held.due(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
          if (all.length === 0) break;
          const trace = all[number % all.length]!;
          model.delete(held.lowTraceId(trace));
          held.remove(trace);
        }
        const all = held.due(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
        assert.deepEqual(new Set(all.map(trace => held.lowTraceId(trace))), new Set(model.keys()));
        assert.equal(held.spans, [...model.values()].flat().length);
        for (const trace of all) {
          const spans = model.get(held.lowTraceId(trace))!;
          const found = held.recordsOf(trace).map(record => held.records.span(record));
          assert.deepEqual(
            found.map(({ traceId, id, timestamp }) => ({ traceId, id, timestamp })),
            spans,
          );
          assert.deepEqual(held.traceIds(trace), [...new Set(spans.map(span => span.traceId))]);
          assert.equal(held.count(trace), spans.length);
        }
        const quiet = held.due(now - 1, Number.NEGATIVE_INFINITY).map(trace => held.lowTraceId(trace));
        const untouched = [...model].filter(([, spans]) => spans.every(span => span.timestamp !== now));
        assert.deepEqual(new Set(quiet), new Set(untouched.map(([id]) => id)));
      }
    }),
  );
});

test('links of shapes that were seen are those of the model', () => {
  const endpoints: (Endpoint | undefined)[] = [
    undefined,
    { serviceName: 'web' },
    { serviceName: 'app' },
    { serviceName: 'app', ipv4: '10.0.0.1' },
    { serviceName: 'db' },
  ];
  const some = <T>(...values: T[]): fc.Arbitrary<T | undefined> =>
    fc.option(fc.constantFrom(...values), { nil: undefined });
  const span = fc.record({
    traceId: fc.constant(hex(1)),
    id: fc.integer({ min: 1, max: 8 }),
    parentId: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined, freq: 8 }),
    kind: some('CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'),
    timestamp: some(1000, 2000, 3000),
    localEndpoint: fc.constantFrom(...endpoints),
    remoteEndpoint: fc.constantFrom(...endpoints),
    shared: some(true),
    tags: some({ error: '' }, { other: '' }),
  });
  const shapes = new LinkShapes();
  let remembered = 0;
  fc.assert(
    fc.property(fc.array(span, { minLength: 1, maxLength: 8 }), fc.nat(), (drafts, salt) => {
      // The same trace with other ids, in another order among themselves, must have the same links.
      for (const factor of [1, 0x9e3779b1 ^ salt, 0x85ebca6b ^ salt]) {
        const id = (number: number | undefined): string | undefined =>
          number === undefined ? undefined : hex((Math.imul(number, factor | 1) >>> 0) + 1);
        const spans = drafts.map(
          (draft): Span =>
            ({
              ...draft,
              id: id(draft.id)!,
              parentId: draft.parentId === draft.id ? undefined : id(draft.parentId),
            }) as Span,
        );
        const records = recordsOf(spans);
        let asked: readonly DependencyLink[] = [];
        for (const _ of [1, 2]) {
          asked = shapes.links(records, [...spans.keys()]);
          assert.deepEqual(asked, linkSpans(spans));
        }
        if (asked === shapes.links(records, [...spans.keys()])) remembered += 1;
      }
    }),
    { numRuns: 5000 },
  );
  assert.ok(remembered > 1000, `${remembered}`);
});
