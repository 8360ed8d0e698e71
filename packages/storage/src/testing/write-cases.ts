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
  {
    title: 'a batch that takes its spans a few at a time is stored as one that is given whole',
    run: async ({ storage, settle }) => {
      const spans = [testSpan({ tags: { a: '1' } }), testSpan({ annotations: [{ timestamp: micros(), value: 'x' }] })];
      const more = [testSpan({ timestamp: undefined, duration: undefined }), testSpan({ traceId: spans[0]!.traceId })];
      const all = [...spans, ...more];
      for (let attempt = 0; attempt < 2; attempt++) {
        const batch = storage.openBatch?.();
        if (batch === undefined) return;
        batch.add(spans);
        batch.add([]);
        batch.add(more);
        await batch.write('a-few');
        await batch.write('a-few');
        assertSameSpans(batch.spans(), all);
        batch.close();
        batch.close();
      }
      await storage.write({ id: 'a-few', spans: all });
      await settle();
      const ids = [...new Set(all.map(({ traceId }) => traceId))];
      assertSameSpans((await storage.getTraces(ids)).flat(), all);
    },
  },
  {
    title: 'batches that are filled side by side do not mix, and one that is closed unwritten leaves nothing',
    run: async ({ storage, settle }) => {
      const batches = [0, 1, 2].map(() => storage.openBatch?.());
      const spans = batches.map(() => [testSpan(), testSpan()]);
      for (const part of [0, 1]) for (const [i, batch] of batches.entries()) batch?.add([spans[i]![part]!]);
      batches[1]?.close();
      await Promise.all([batches[0]?.write('side-0'), batches[2]?.write('side-2')]);
      await settle();
      for (const [i, batch] of batches.entries()) {
        if (batch === undefined) return;
        for (const span of spans[i]!) assertSameSpans(await storage.getTrace(span.traceId), i === 1 ? [] : [span]);
      }
    },
  },
];
