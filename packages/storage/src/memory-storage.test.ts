import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { traceTimestamp } from '@tracekin/model';
import fc from 'fast-check';
import { matchesSpan } from './matches-span.ts';
import { MemoryStorage } from './memory-storage.ts';
import {
  assertSameSpans,
  BASE_MS,
  micros,
  newId,
  randomTraces,
  service,
  testQuery,
  testSpan,
  testStorage,
} from './testing/index.ts';
import type { TraceQuery } from './trace-query.ts';

testStorage({ name: 'memory', open: async options => new MemoryStorage(options) });

describe('the bound of the memory storage', () => {
  it('drops whole traces, the one with the oldest latest span first', async () => {
    const storage = new MemoryStorage({ maxSpans: 6 });
    const traceIds = [newId(), newId(), newId()];
    // Written out of order; the second trace is the oldest.
    const traces = [2, 0, 1].map((age, i) =>
      [0, 1, 2].map(n => testSpan({ traceId: traceIds[i]!, timestamp: micros(age * 1000) + n })),
    );
    for (const [i, spans] of traces.entries()) await storage.write({ id: `${i}`, spans });
    assert.equal(storage.spanCount, 6);
    assert.deepEqual(await storage.getTrace(traceIds[1]!), []);
    assert.equal((await storage.getTrace(traceIds[0]!)).length, 3);
    assert.equal((await storage.getTrace(traceIds[2]!)).length, 3);
  });

  it('goes by the latest span that a trace has when its turn comes', async () => {
    const storage = new MemoryStorage({ maxSpans: 3 });
    const [old, younger] = [testSpan({ timestamp: micros(0) }), testSpan({ timestamp: micros(1) })];
    const added = testSpan({ traceId: old.traceId, timestamp: micros(2) });
    const newest = testSpan({ timestamp: micros(3) });
    for (const span of [old, younger, added, newest]) await storage.write({ id: span.id, spans: [span] });
    assertSameSpans(await storage.getTrace(old.traceId), [old, added]);
    assert.deepEqual(await storage.getTrace(younger.traceId), []);
  });

  it('holds for a batch that is larger than the bound', async () => {
    const storage = new MemoryStorage({ maxSpans: 10 });
    const spans = Array.from({ length: 100 }, (_, i) => testSpan({ timestamp: micros(i) }));
    await storage.write({ id: 'large', spans });
    assert.equal(storage.spanCount, 10);
    const found = await storage.findTraces(testQuery({ limit: 100 }));
    assertSameSpans(found.flat(), spans.slice(90));
  });

  it('holds for one trace that is larger than the bound', async () => {
    const storage = new MemoryStorage({ maxSpans: 10 });
    const traceId = newId();
    await storage.write({ id: 'large', spans: Array.from({ length: 100 }, () => testSpan({ traceId })) });
    assert.equal(storage.spanCount, 0);
    const span = testSpan();
    await storage.write({ id: 'next', spans: [span] });
    assertSameSpans(await storage.getTrace(span.traceId), [span]);
  });

  it('forgets names with the last trace that has them', async () => {
    const storage = new MemoryStorage({ maxSpans: 2, autocompleteKeys: ['env'] });
    const first = testSpan({
      name: 'first',
      remoteEndpoint: service('db'),
      tags: { env: 'old' },
      timestamp: micros(0),
    });
    const second = testSpan({ name: 'second', timestamp: micros(1) });
    const third = testSpan({ name: 'second', localEndpoint: service('other'), timestamp: micros(2) });
    await storage.write({ id: '1', spans: [first, second] });
    assert.deepEqual(await storage.getSpanNames('frontend'), ['first', 'second']);
    await storage.write({ id: '2', spans: [third] });
    assert.deepEqual(await storage.getSpanNames('frontend'), ['second']);
    assert.deepEqual(await storage.getRemoteServiceNames('frontend'), []);
    assert.deepEqual(await storage.getAutocompleteValues('env'), []);
    await storage.write({ id: '3', spans: [testSpan({ ...third, traceId: newId(), timestamp: micros(3) })] });
    assert.deepEqual(await storage.getServiceNames(), ['other']);
  });

  it('counts what is left after a trace was deleted', async () => {
    const storage = new MemoryStorage({ maxSpans: 3 });
    const spans = [0, 1, 2].map(ms => testSpan({ timestamp: micros(ms) }));
    await storage.write({ id: '1', spans });
    await storage.deleteTrace(spans[0]!.traceId);
    const more = testSpan({ timestamp: micros(3) });
    await storage.write({ id: '2', spans: [more] });
    assert.equal(storage.spanCount, 3);
    // The deleted trace comes back and is not mistaken for its old self when it is the oldest.
    await storage.write({ id: '3', spans: [testSpan({ traceId: spans[0]!.traceId, timestamp: micros(9) })] });
    await storage.write({ id: '4', spans: [testSpan({ timestamp: micros(10) })] });
    assert.equal(storage.spanCount, 3);
    assert.equal((await storage.getTrace(spans[0]!.traceId)).length, 1);
  });

  it('is not used up by traces that are written and deleted again and again', async () => {
    const storage = new MemoryStorage({ maxSpans: 10 });
    for (let i = 0; i < 1000; i++) {
      const span = testSpan();
      await storage.write({ id: `${i}`, spans: [span] });
      assert.equal(await storage.deleteTrace(span.traceId), 1);
    }
    const spans = Array.from({ length: 20 }, (_, i) => testSpan({ timestamp: micros(i) }));
    await storage.write({ id: 'all', spans });
    assertSameSpans((await storage.findTraces(testQuery({ limit: 100 }))).flat(), spans.slice(10));
  });

  it('keeps distinct reports of one id apart, and finds repeats, also by the thousand', async () => {
    const storage = new MemoryStorage();
    const span = testSpan();
    const reports = Array.from({ length: 5000 }, (_, i) => testSpan({ ...span, tags: { report: `${i}` } }));
    await storage.write({ id: '1', spans: reports });
    await storage.write({ id: '2', spans: reports.map(report => testSpan({ ...report })) });
    assert.equal((await storage.getTrace(span.traceId)).length, 5000);
  });
});

const criteria = fc.record<Partial<TraceQuery>>(
  {
    serviceName: fc.constantFrom('web', 'app', 'unknown'),
    spanName: fc.constantFrom('get', 'post'),
    remoteServiceName: fc.constantFrom('web', 'items'),
    tags: fc.constantFrom([], [['a', 'b'] as const], [['error', ''] as const]),
    annotations: fc.constantFrom([], ['error'], ['a', 'retry']),
    minDuration: fc.integer({ min: 1, max: 800 }),
    endTs: fc.integer({ min: 0, max: 70_000 }).map(ms => BASE_MS + ms),
    lookback: fc.integer({ min: 1, max: 60_000 }),
    limit: fc.integer({ min: 1, max: 60 }),
  },
  { requiredKeys: ['endTs', 'lookback', 'limit'] },
);

describe('the memory storage', () => {
  it('finds what looking at every span finds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), criteria, async (seed, fields) => {
        const traces = randomTraces(seed, 40);
        const storage = new MemoryStorage();
        await storage.write({ id: 'all', spans: traces.flat() });
        const query = testQuery(fields);
        const expected = traces
          .map(spans => ({
            id: spans[0]!.traceId,
            at: Math.max(-1, ...spans.filter(span => matchesSpan(query, span)).map(span => span.timestamp!)),
          }))
          .filter(({ at }) => at >= 0)
          .sort((a, b) => b.at - a.at)
          .slice(0, query.limit)
          .map(({ id }) => id);
        const found = await storage.findTraces(query);
        assert.deepEqual(
          found.map(spans => spans[0]!.traceId),
          expected,
        );
      }),
      { numRuns: 200 },
    );
  });

  it('links what linking every trace of the window links', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 60_000 }), async (seed, lookback) => {
        const traces = randomTraces(seed, 40);
        const inWindow = traces.filter(spans => {
          const start = traceTimestamp(spans);
          return start !== undefined && Math.floor(start / 1000) <= BASE_MS + lookback;
        });
        const [all, some] = [new MemoryStorage(), new MemoryStorage()];
        // Span by span, so that links are derived again and again.
        for (const [i, span] of traces.flat().entries()) {
          await all.write({ id: `${i}`, spans: [span] });
          await all.getDependencies({ endTs: BASE_MS, lookback: 1 });
        }
        if (inWindow.length > 0) await some.write({ id: 'some', spans: inWindow.flat() });
        assert.deepEqual(
          await all.getDependencies({ endTs: BASE_MS + lookback, lookback }),
          await some.getDependencies({ endTs: BASE_MS + 70_000, lookback: 70_000 }),
        );
      }),
      { numRuns: 30 },
    );
  });
});
