import assert from 'node:assert/strict';
import { assertSameTraces } from './assert-same-spans.ts';
import type { StorageCase } from './storage-case.ts';
import { BASE_MS, micros, newId, service, testQuery, testSpan } from './storage-fixtures.ts';

export const windowCases: readonly StorageCase[] = [
  {
    title: 'both ends of the window are inclusive to the millisecond',
    run: async ({ storage, write }) => {
      const span = testSpan({ timestamp: micros() });
      await write(span);
      for (const [endTs, lookback, found] of [
        [BASE_MS, 1, true],
        [BASE_MS - 1, 1000, false],
        [BASE_MS + 10, 10, true],
        [BASE_MS + 10, 9, false],
        [BASE_MS + 1, 1, true],
        [BASE_MS, BASE_MS * 2, true],
      ] as const) {
        const traces = await storage.findTraces(testQuery({ endTs, lookback }));
        assert.equal(
          traces.length,
          found ? 1 : 0,
          `endTs base${endTs - BASE_MS >= 0 ? '+' : ''}${endTs - BASE_MS}, lookback ${lookback}`,
        );
      }
    },
  },
  {
    title: 'every microsecond of the last millisecond is inside of the window',
    run: async ({ storage, write }) => {
      const span = testSpan({ timestamp: micros() + 999 });
      await write(span);
      assertSameTraces(await storage.findTraces(testQuery({ endTs: BASE_MS, lookback: 1 })), [[span]]);
      assertSameTraces(await storage.findTraces(testQuery({ endTs: BASE_MS + 5, lookback: 5 })), [[span]]);
      assertSameTraces(await storage.findTraces(testQuery({ endTs: BASE_MS + 5, lookback: 4 })), []);
    },
  },
  {
    title: 'a trace comes whole when one of its spans is inside of the window',
    run: async ({ storage, write }) => {
      const traceId = newId();
      const spans = [-7_200_000, 0, 7_200_000].map(ms => testSpan({ traceId, timestamp: micros(ms) }));
      const untimed = testSpan({ traceId, timestamp: null, duration: null });
      await write(...spans, untimed, testSpan({ timestamp: micros(7_200_000) }));
      assertSameTraces(await storage.findTraces(testQuery({ endTs: BASE_MS + 10, lookback: 20 })), [
        [...spans, untimed],
      ]);
    },
  },
  {
    title: 'the window is for the matching span, not for the root',
    run: async ({ storage, write }) => {
      const traceId = newId();
      const root = testSpan({ traceId, timestamp: micros() });
      const late = testSpan({ traceId, parentId: root.id, timestamp: micros(60_000), localEndpoint: service('late') });
      await write(root, late);
      const atRoot = { endTs: BASE_MS + 100, lookback: 200 };
      const atLate = { endTs: BASE_MS + 60_100, lookback: 200 };
      assertSameTraces(await storage.findTraces(testQuery({ ...atRoot, serviceName: 'frontend' })), [[root, late]]);
      assertSameTraces(await storage.findTraces(testQuery({ ...atRoot, serviceName: 'late' })), []);
      assertSameTraces(await storage.findTraces(testQuery({ ...atLate, serviceName: 'late' })), [[root, late]]);
      assertSameTraces(await storage.findTraces(testQuery({ ...atLate, serviceName: 'frontend' })), []);
    },
  },
  {
    title: 'a span without a timestamp is never found',
    run: async ({ storage, write }) => {
      const traceId = newId();
      const timed = testSpan({ traceId });
      const untimed = testSpan({ traceId, timestamp: null, localEndpoint: service('untimed') });
      await write(testSpan({ timestamp: null, duration: null }), timed, untimed);
      assertSameTraces(await storage.findTraces(testQuery()), [[timed, untimed]]);
      assertSameTraces(await storage.findTraces(testQuery({ serviceName: 'untimed' })), []);
      assertSameTraces(await storage.findTraces(testQuery({ endTs: BASE_MS * 2, lookback: BASE_MS * 4 })), [
        [timed, untimed],
      ]);
    },
  },
  {
    title: 'annotations do not stand in for a missing timestamp',
    run: async ({ storage, write }) => {
      await write(testSpan({ timestamp: null, annotations: [{ timestamp: micros(), value: 'sr' }] }));
      assertSameTraces(await storage.findTraces(testQuery()), []);
    },
  },
  {
    title: 'the limit keeps the most recent inside of the window',
    run: async ({ storage, write }) => {
      const spans = Array.from({ length: 20 }, (_, i) => testSpan({ timestamp: micros(i * 100) }));
      await write(...spans);
      const query = testQuery({ endTs: BASE_MS + 1000, lookback: 600, limit: 3 });
      assertSameTraces(await storage.findTraces(query), [[spans[10]!], [spans[9]!], [spans[8]!]]);
      assertSameTraces(
        await storage.findTraces({ ...query, limit: 100 }),
        spans
          .slice(4, 11)
          .reverse()
          .map(s => [s]),
      );
    },
  },
  {
    title: 'a window may reach over midnight',
    run: async ({ storage, write }) => {
      const hours = [-20, -13, -11, 0, 11, 13];
      const spans = hours.map(hour => testSpan({ timestamp: micros(hour * 3_600_000) }));
      await write(...spans);
      const query = testQuery({ endTs: BASE_MS + 12 * 3_600_000, lookback: 26 * 3_600_000 });
      assertSameTraces(
        await storage.findTraces(query),
        [4, 3, 2, 1].map(i => [spans[i]!]),
      );
    },
  },
];
