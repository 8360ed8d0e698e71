import assert from 'node:assert/strict';
import { lowTraceId } from '@tracekin/model';
import { assertSameSpans, assertSameTraces } from './assert-same-spans.ts';
import type { StorageCase } from './storage-case.ts';
import { micros, newId, newLongTraceId, testQuery, testSpan } from './storage-fixtures.ts';

const NOT_STRICT = { strictTraceId: false };

export const traceIdCases: readonly StorageCase[] = [
  {
    title: 'strict: trace ids that differ only above 64 bits are different traces',
    run: async ({ storage, write }) => {
      const low = newId();
      const spans = [low, newId() + low, newId() + low].map((traceId, i) =>
        testSpan({ traceId, timestamp: micros(-i), name: `variant ${i}` }),
      );
      await write(...spans);
      for (const span of spans) {
        assertSameSpans(await storage.getTrace(span.traceId), [span]);
        assertSameTraces(await storage.findTraces(testQuery({ spanName: span.name! })), [[span]]);
      }
      assert.deepEqual(await storage.getTrace(newId() + low), []);
      assertSameTraces(
        await storage.findTraces(testQuery()),
        spans.map(span => [span]),
      );
      assertSameTraces(await storage.findTraces(testQuery({ limit: 2 })), [[spans[0]!], [spans[1]!]]);
      assertSameSpans((await storage.getTraces([low, spans[1]!.traceId])).flat(), [spans[0]!, spans[1]!]);
    },
  },
  {
    title: 'strict: deleting a trace leaves one that shares its low 64 bits',
    run: async ({ storage, write, settle }) => {
      if (!storage.capabilities.deleteTrace) return;
      const short = testSpan();
      const long = testSpan({ traceId: newId() + short.traceId });
      await write(short, long);
      assert.equal(await storage.deleteTrace(short.traceId), 1);
      await settle();
      assert.deepEqual(await storage.getTrace(short.traceId), []);
      assertSameSpans(await storage.getTrace(long.traceId), [long]);
    },
  },
  {
    title: 'not strict: 64-bit and 128-bit ids read the same mixed trace',
    options: NOT_STRICT,
    run: async ({ storage, write }) => {
      const long = testSpan({ traceId: newLongTraceId() });
      const short = testSpan({ traceId: lowTraceId(long.traceId) });
      await write(long, testSpan());
      await write(short);
      for (const id of [long.traceId, short.traceId, newId() + short.traceId]) {
        assertSameSpans(await storage.getTrace(id), [long, short], `by ${id}`);
      }
    },
  },
  {
    title: 'not strict: a search gives a mixed trace once and whole',
    options: NOT_STRICT,
    run: async ({ storage, write }) => {
      const long = testSpan({ traceId: newLongTraceId(), name: 'long' });
      const short = testSpan({ traceId: lowTraceId(long.traceId), name: 'short', timestamp: micros(5) });
      const other = testSpan({ timestamp: micros(-5) });
      await write(long, short, other);
      assertSameTraces(await storage.findTraces(testQuery({ spanName: 'long' })), [[long, short]]);
      assertSameTraces(await storage.findTraces(testQuery({ spanName: 'short' })), [[long, short]]);
      assertSameTraces(await storage.findTraces(testQuery({ limit: 2 })), [[long, short], [other]]);
    },
  },
  {
    title: 'not strict: two ids of one trace give it once',
    options: NOT_STRICT,
    run: async ({ storage, write }) => {
      const long = testSpan({ traceId: newLongTraceId() });
      const short = testSpan({ traceId: lowTraceId(long.traceId) });
      const other = testSpan();
      await write(long, short, other);
      const traces = await storage.getTraces([long.traceId, short.traceId, other.traceId, newId()]);
      assert.equal(traces.length, 2);
      assertSameSpans(traces.flat(), [long, short, other]);
    },
  },
  {
    title: 'not strict: spans keep the trace id that they were reported with',
    options: NOT_STRICT,
    run: async ({ storage, write }) => {
      const long = testSpan({ traceId: newLongTraceId() });
      await write(long);
      const [span] = await storage.getTrace(lowTraceId(long.traceId));
      assert.equal(span?.traceId, long.traceId);
    },
  },
  {
    title: 'not strict: deleting removes every spelling of the trace, or is unsupported',
    options: NOT_STRICT,
    run: async ({ storage, write, settle }) => {
      const long = testSpan({ traceId: newLongTraceId() });
      const short = testSpan({ traceId: lowTraceId(long.traceId) });
      await write(long, short);
      if (!storage.capabilities.deleteTrace) {
        await assert.rejects(storage.deleteTrace(long.traceId), { code: 'unsupported' });
        return;
      }
      assert.equal(await storage.deleteTrace(short.traceId), 2);
      await settle();
      assert.deepEqual(await storage.getTrace(long.traceId), []);
    },
  },
];
