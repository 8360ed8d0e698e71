import assert from 'node:assert/strict';
import type { StorageCase } from './storage-case.ts';
import { BASE_MS, newId, testQuery, testSpan } from './storage-fixtures.ts';

export const lifecycleCases: readonly StorageCase[] = [
  {
    title: 'a new storage is healthy, again and again',
    run: async ({ storage, write }) => {
      assert.deepEqual(await storage.check(), { ok: true });
      await write(testSpan());
      assert.deepEqual(await Promise.all([storage.check(), storage.check()]), [{ ok: true }, { ok: true }]);
      assert.notEqual(storage.name, '');
    },
  },
  {
    title: 'the first calls may come all at once',
    run: async ({ storage, settle }) => {
      const span = testSpan();
      await Promise.all([
        storage.write({ id: 'first', spans: [span] }),
        storage.getTrace(span.traceId),
        storage.findTraces(testQuery()),
        storage.getServiceNames(),
        storage.getDependencies({ endTs: BASE_MS, lookback: 1000 }),
        storage.check(),
      ]);
      await settle();
      assert.equal((await storage.getTrace(span.traceId)).length, 1);
    },
  },
  {
    title: 'a closed storage refuses work as unavailable and closes again quietly',
    run: async ({ storage, write }) => {
      await write(testSpan());
      await storage[Symbol.asyncDispose]();
      await storage[Symbol.asyncDispose]();
      const unavailable = { name: 'TracekinError', code: 'unavailable' };
      await assert.rejects(storage.write({ id: 'late', spans: [testSpan()] }), unavailable);
      await assert.rejects(storage.getTrace(newId()), unavailable);
      await assert.rejects(storage.getTraces([newId()]), unavailable);
      await assert.rejects(storage.findTraces(testQuery()), unavailable);
      await assert.rejects(storage.getServiceNames(), unavailable);
      await assert.rejects(storage.getSpanNames('a'), unavailable);
      await assert.rejects(storage.getRemoteServiceNames('a'), unavailable);
      await assert.rejects(storage.getDependencies({ endTs: BASE_MS, lookback: 1 }), unavailable);
      assert.equal((await storage.check()).ok, false);
    },
  },
  {
    title: 'closing waits for writes under way',
    run: async ({ storage }) => {
      const writes = Array.from({ length: 5 }, (_, i) => storage.write({ id: `under-way-${i}`, spans: [testSpan()] }));
      await storage[Symbol.asyncDispose]();
      await Promise.all(writes);
    },
  },
];
