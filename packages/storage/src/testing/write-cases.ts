import assert from 'node:assert/strict';
import { assertSameSpans } from './assert-same-spans.ts';
import type { StorageCase } from './storage-case.ts';
import { BASE_MS, micros, newId, testQuery, testSpan } from './storage-fixtures.ts';

export const writeCases: readonly StorageCase[] = [
  {
    title: 'a second write of a batch id changes nothing',
    run: async ({ storage, settle }) => {
      const spans = [testSpan({ kind: 'CLIENT', remoteEndpoint: { serviceName: 'db' } }), testSpan()];
      for (let i = 0; i < 3; i++) await storage.write({ id: 'once', spans });
      await settle();
      assertSameSpans(await storage.getTrace(spans[0]!.traceId), [spans[0]!]);
      assertSameSpans(await storage.getTrace(spans[1]!.traceId), [spans[1]!]);
      assert.equal((await storage.findTraces(testQuery())).length, 2);
      assert.deepEqual(await storage.getDependencies({ endTs: BASE_MS + 1, lookback: 1000 }), [
        { parent: 'frontend', child: 'db', callCount: 1 },
      ]);
    },
  },
  {
    title: 'a batch id that comes again after other batches changes nothing',
    run: async ({ storage, settle }) => {
      const traceId = newId();
      const [first, second] = [testSpan({ traceId }), testSpan({ traceId })];
      await storage.write({ id: 'first', spans: [first] });
      await storage.write({ id: 'second', spans: [second] });
      await storage.write({ id: 'first', spans: [first] });
      await settle();
      assertSameSpans(await storage.getTrace(traceId), [first, second]);
    },
  },
  {
    title: 'writes of one batch id at the same time store it once',
    run: async ({ storage, settle }) => {
      const span = testSpan();
      await Promise.all([1, 2, 3, 4].map(() => storage.write({ id: 'same', spans: [span] })));
      await settle();
      assertSameSpans(await storage.getTrace(span.traceId), [span]);
    },
  },
  {
    title: 'identical spans in different batches and in one batch are stored once',
    run: async ({ storage, write }) => {
      const span = testSpan({ tags: { a: '1', b: '2' }, annotations: [{ timestamp: micros(), value: 'hit' }] });
      await write(span, span);
      await write(testSpan({ ...span }));
      assertSameSpans(await storage.getTrace(span.traceId), [span]);
      assertSameSpans((await storage.findTraces(testQuery()))[0]!, [span]);
    },
  },
  {
    title: 'one batch may hold thousands of spans of many traces',
    run: async ({ storage, write }) => {
      const traceIds = Array.from({ length: 500 }, newId);
      const spans = traceIds.flatMap(traceId => Array.from({ length: 8 }, () => testSpan({ traceId })));
      await write(...spans);
      const traces = await storage.getTraces(traceIds);
      assert.equal(traces.length, 500);
      assertSameSpans(traces.flat(), spans);
    },
  },
  {
    title: 'writes at the same time are all stored',
    run: async ({ storage, settle }) => {
      const traceId = newId();
      const batches = Array.from({ length: 20 }, () => [testSpan({ traceId }), testSpan({ traceId }), testSpan()]);
      await Promise.all(batches.map((spans, i) => storage.write({ id: `concurrent-${i}`, spans })));
      await settle();
      assertSameSpans(
        await storage.getTrace(traceId),
        batches.flat().filter(span => span.traceId === traceId),
      );
      assert.equal((await storage.findTraces(testQuery({ limit: 100 }))).length, 21);
    },
  },
  {
    title: 'reads during writes neither fail nor see half a batch',
    run: async ({ storage, write }) => {
      const traceId = newId();
      const writing = (async () => {
        for (let i = 0; i < 5; i++) await write(testSpan({ traceId }), testSpan({ traceId }));
      })();
      for (let i = 0; i < 10; i++) {
        assert.equal((await storage.getTrace(traceId)).length % 2, 0);
        await storage.findTraces(testQuery());
        await storage.getServiceNames();
      }
      await writing;
      assert.equal((await storage.getTrace(traceId)).length, 10);
    },
  },
  {
    title: 'the array that was written stays with the caller',
    run: async ({ storage, settle }) => {
      const span = testSpan();
      const spans = [span];
      await storage.write({ id: 'mine', spans });
      assert.deepEqual(spans, [span]);
      spans.length = 0;
      await settle();
      assertSameSpans(await storage.getTrace(span.traceId), [span]);
    },
  },
];
