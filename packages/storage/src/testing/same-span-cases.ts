import { assertSameTraces } from './assert-same-spans.ts';
import type { StorageCase } from './storage-case.ts';
import { micros, newId, service, testQuery, testSpan } from './storage-fixtures.ts';

/** Each case has a trace in which every criterion is met by some span, but not all of them by one. */
export const sameSpanCases: readonly StorageCase[] = [
  {
    title: 'a service and a tag of two spans do not match',
    run: async ({ storage, write }) => {
      const traceId = newId();
      await write(
        testSpan({ traceId, localEndpoint: service('a') }),
        testSpan({ traceId, localEndpoint: service('b'), tags: { k: 'v' } }),
      );
      assertSameTraces(await storage.findTraces(testQuery({ serviceName: 'a', tags: [['k', 'v']] })), []);
      assertSameTraces(await storage.findTraces(testQuery({ serviceName: 'a', annotations: ['k'] })), []);
    },
  },
  {
    title: 'two tags of two spans of one service do not match',
    run: async ({ storage, write }) => {
      const traceId = newId();
      const both = testSpan({ tags: { k1: 'v', k2: 'v' } });
      await write(testSpan({ traceId, tags: { k1: 'v' } }), testSpan({ traceId, tags: { k2: 'v' } }), both);
      const tags = [
        ['k1', 'v'],
        ['k2', 'v'],
      ] as const;
      assertSameTraces(await storage.findTraces(testQuery({ tags })), [[both]]);
      assertSameTraces(await storage.findTraces(testQuery({ serviceName: 'frontend', tags })), [[both]]);
      assertSameTraces(await storage.findTraces(testQuery({ annotations: ['k1', 'k2'] })), [[both]]);
    },
  },
  {
    title: 'two annotations of two spans do not match',
    run: async ({ storage, write }) => {
      const traceId = newId();
      const note = (value: string) => ({ timestamp: micros(), value });
      const both = testSpan({ annotations: [note('a'), note('b')] });
      await write(
        testSpan({ traceId, annotations: [note('a')] }),
        testSpan({ traceId, annotations: [note('b')] }),
        both,
      );
      assertSameTraces(await storage.findTraces(testQuery({ annotations: ['a', 'b'] })), [[both]]);
    },
  },
  {
    title: 'a name and a duration of two spans do not match',
    run: async ({ storage, write }) => {
      const traceId = newId();
      await write(
        testSpan({ traceId, name: 'slow', duration: 10 }),
        testSpan({ traceId, name: 'fast', duration: 9000 }),
      );
      assertSameTraces(await storage.findTraces(testQuery({ spanName: 'slow', minDuration: 5000 })), []);
      assertSameTraces(
        await storage.findTraces(testQuery({ serviceName: 'frontend', spanName: 'slow', minDuration: 5000 })),
        [],
      );
    },
  },
  {
    title: 'a name and a remote service of two spans do not match',
    run: async ({ storage, write }) => {
      const traceId = newId();
      await write(testSpan({ traceId, name: 'a' }), testSpan({ traceId, name: 'b', remoteEndpoint: service('db') }));
      assertSameTraces(
        await storage.findTraces(testQuery({ serviceName: 'frontend', spanName: 'a', remoteServiceName: 'db' })),
        [],
      );
    },
  },
  {
    title: 'two reports of one span do not match together',
    run: async ({ storage, write }) => {
      const early = testSpan({ duration: null, tags: { k: 'v' } });
      await write(early, testSpan({ ...early, duration: 5000, tags: { other: 'v' } }));
      assertSameTraces(await storage.findTraces(testQuery({ tags: [['k', 'v']], minDuration: 1000 })), []);
    },
  },
  {
    title: 'a criterion met outside of the window does not match',
    run: async ({ storage, write }) => {
      const traceId = newId();
      await write(
        testSpan({ traceId, timestamp: micros(0) }),
        testSpan({ traceId, timestamp: micros(60_000), tags: { k: 'v' } }),
      );
      const window = { endTs: testQuery().endTs - 86_400_000 + 1000, lookback: 2000 };
      assertSameTraces(await storage.findTraces(testQuery({ ...window, tags: [['k', 'v']] })), []);
    },
  },
  {
    title: 'one of two spans that could match is enough',
    run: async ({ storage, write }) => {
      const traceId = newId();
      const spans = [
        testSpan({ traceId, name: 'a', duration: 10 }),
        testSpan({ traceId, name: 'a', duration: 5000 }),
        testSpan({ traceId, name: 'b', duration: 10 }),
      ];
      await write(...spans);
      assertSameTraces(await storage.findTraces(testQuery({ spanName: 'a', minDuration: 5000 })), [spans]);
    },
  },
];
