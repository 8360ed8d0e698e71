import assert from 'node:assert/strict';
import { assertSameTraces } from './assert-same-spans.ts';
import type { StorageCase } from './storage-case.ts';
import { micros, newId, service, sharedCall, testQuery, testSpan } from './storage-fixtures.ts';

export const searchCases: readonly StorageCase[] = [
  {
    title: 'an empty storage has nothing to find',
    run: async ({ storage }) => {
      assert.deepEqual(await storage.findTraces(testQuery()), []);
      assert.deepEqual(await storage.findTraces(testQuery({ serviceName: 'frontend', tags: [['a', 'b']] })), []);
    },
  },
  {
    title: 'without criteria every trace is found, each as one list',
    run: async ({ storage, write }) => {
      const traceId = newId();
      const mine = [testSpan({ traceId, timestamp: micros(2) }), testSpan({ traceId, localEndpoint: null })];
      const other = testSpan({ localEndpoint: service('other') });
      await write(mine[0]!, other, mine[1]!);
      assertSameTraces(await storage.findTraces(testQuery()), [mine, [other]]);
    },
  },
  {
    title: 'a service name means the local one',
    run: async ({ storage, write }) => {
      const call = testSpan({ localEndpoint: service('web'), remoteEndpoint: service('db') });
      await write(call);
      assertSameTraces(await storage.findTraces(testQuery({ serviceName: 'web' })), [[call]]);
      assertSameTraces(await storage.findTraces(testQuery({ serviceName: 'db' })), []);
      assertSameTraces(await storage.findTraces(testQuery({ serviceName: 'we' })), []);
    },
  },
  {
    title: 'each side of a shared span is found by its service',
    run: async ({ storage, write }) => {
      const halves = sharedCall('frontend', 'backend');
      await write(...halves);
      assertSameTraces(await storage.findTraces(testQuery({ serviceName: 'frontend' })), [halves]);
      assertSameTraces(await storage.findTraces(testQuery({ serviceName: 'backend' })), [halves]);
    },
  },
  {
    title: 'a span name and a remote service name have to be equal',
    run: async ({ storage, write }) => {
      const get = testSpan({ name: 'get', remoteEndpoint: service('db'), timestamp: micros(1) });
      const getAll = testSpan({ name: 'get all', remoteEndpoint: service('db2') });
      await write(get, getAll, testSpan({ name: null, remoteEndpoint: { ipv4: '1.2.3.4' } }));
      assertSameTraces(await storage.findTraces(testQuery({ spanName: 'get' })), [[get]]);
      assertSameTraces(await storage.findTraces(testQuery({ spanName: 'get all' })), [[getAll]]);
      assertSameTraces(await storage.findTraces(testQuery({ spanName: 'all' })), []);
      assertSameTraces(await storage.findTraces(testQuery({ remoteServiceName: 'db' })), [[get]]);
      assertSameTraces(await storage.findTraces(testQuery({ remoteServiceName: 'none' })), []);
    },
  },
  {
    title: 'a tag has to have exactly the value asked for',
    run: async ({ storage, write }) => {
      const span = testSpan({ tags: { 'http.path': '/Users/1', other: '/users' } });
      await write(span, testSpan({ tags: { 'http.path': '/users' } }));
      assertSameTraces(await storage.findTraces(testQuery({ tags: [['http.path', '/Users/1']] })), [[span]]);
      for (const [key, value] of [
        ['http.path', '/users/1'],
        ['HTTP.path', '/Users/1'],
        ['http.path', '/Users'],
        ['http.path', '/Users/1 '],
        ['http', '/Users/1'],
        ['path', '/Users/1'],
        ['/Users/1', 'http.path'],
      ] as const) {
        assertSameTraces(await storage.findTraces(testQuery({ tags: [[key, value]] })), [], `${key}=${value}`);
      }
    },
  },
  {
    title: 'a word is an annotation value or a tag key, never a tag value or a part of one',
    run: async ({ storage, write }) => {
      const annotated = testSpan({ annotations: [{ timestamp: micros(), value: 'retry' }], timestamp: micros(1) });
      const tagged = testSpan({ tags: { retry: 'no' } });
      await write(annotated, tagged, testSpan({ tags: { state: 'retry', retrying: 'x' } }));
      await write(testSpan({ annotations: [{ timestamp: micros(), value: 'retry later' }] }));
      assertSameTraces(await storage.findTraces(testQuery({ annotations: ['retry'] })), [[annotated], [tagged]]);
      assertSameTraces(await storage.findTraces(testQuery({ annotations: ['Retry'] })), []);
      assertSameTraces(await storage.findTraces(testQuery({ annotations: ['no'] })), []);
    },
  },
  {
    title: 'an annotation value does not count as a tag with a value',
    run: async ({ storage, write }) => {
      await write(testSpan({ annotations: [{ timestamp: micros(), value: 'a=b' }], tags: { c: 'd=e' } }));
      assertSameTraces(await storage.findTraces(testQuery({ tags: [['a', 'b']] })), []);
      assertSameTraces(await storage.findTraces(testQuery({ tags: [['c=d', 'e']] })), []);
      assertSameTraces(await storage.findTraces(testQuery({ annotations: ['c=d=e'] })), []);
      assert.equal((await storage.findTraces(testQuery({ annotations: ['a=b'] }))).length, 1);
    },
  },
  {
    title: 'durations are inclusive, and a span without one is neither long nor short',
    run: async ({ storage, write }) => {
      const spans = [100, 200, 7_200_000_000].map((duration, i) => testSpan({ duration, timestamp: micros(-i) }));
      await write(...spans, testSpan({ duration: null }));
      const found = (minDuration: number, maxDuration?: number) =>
        storage.findTraces(testQuery({ minDuration, ...(maxDuration !== undefined && { maxDuration }) }));
      const [short, middle, long] = spans.map(span => [span]);
      assertSameTraces(await found(1), [short!, middle!, long!]);
      assertSameTraces(await found(100), [short!, middle!, long!]);
      assertSameTraces(await found(101), [middle!, long!]);
      assertSameTraces(await found(100, 200), [short!, middle!]);
      assertSameTraces(await found(101, 199), []);
      assertSameTraces(await found(200, 200), [middle!]);
      assertSameTraces(await found(7_200_000_000), [long!]);
      assertSameTraces(await found(7_200_000_001), []);
    },
  },
  {
    title: 'all criteria together find the span that meets each of them',
    run: async ({ storage, write }) => {
      const span = testSpan({
        kind: 'CLIENT',
        name: 'select',
        duration: 500,
        localEndpoint: service('shop'),
        remoteEndpoint: service('mysql'),
        tags: { 'sql.query': 'select 1', error: 'timeout' },
        annotations: [{ timestamp: micros(), value: 'slow' }],
      });
      const root = testSpan({ traceId: span.traceId });
      await write(root, span, testSpan());
      const query = testQuery({
        serviceName: 'shop',
        spanName: 'select',
        remoteServiceName: 'mysql',
        tags: [['sql.query', 'select 1']],
        annotations: ['error', 'slow'],
        minDuration: 400,
        maxDuration: 500,
      });
      assertSameTraces(await storage.findTraces(query), [[root, span]]);
      for (const wrong of [
        { serviceName: 'frontend' },
        { spanName: 'get' },
        { remoteServiceName: 'shop' },
        { tags: [['sql.query', 'select 2']] as const },
        { annotations: ['error', 'fast'] },
        { minDuration: 501, maxDuration: 502 },
      ]) {
        assertSameTraces(await storage.findTraces({ ...query, ...wrong }), [], JSON.stringify(wrong));
      }
    },
  },
  {
    title: 'the most recent traces are found first and the limit keeps those',
    run: async ({ storage, write }) => {
      const spans = Array.from({ length: 30 }, (_, i) => testSpan({ timestamp: micros(i * 1000) }));
      // Neither the order of writing nor that of the ids is the order of time.
      for (const i of [1, 0, 2]) await write(...spans.filter((_, n) => n % 3 === i));
      const newest = spans.toReversed().map(span => [span]);
      assertSameTraces(await storage.findTraces(testQuery({ limit: 1 })), newest.slice(0, 1));
      assertSameTraces(await storage.findTraces(testQuery({ limit: 7 })), newest.slice(0, 7));
      assertSameTraces(await storage.findTraces(testQuery({ limit: 1000 })), newest);
      assertSameTraces(await storage.findTraces(testQuery({ limit: 5, serviceName: 'frontend' })), newest.slice(0, 5));
    },
  },
  {
    title: 'the latest matching span decides the order, not other spans of the trace',
    run: async ({ storage, write }) => {
      const first = testSpan({ tags: { hit: 'yes' }, timestamp: micros(1000) });
      const second = testSpan({ tags: { hit: 'yes' }, timestamp: micros(2000) });
      const third = testSpan({ tags: { hit: 'yes' }, timestamp: micros(10) });
      const firstLater = testSpan({ traceId: first.traceId, timestamp: micros(9000) });
      const thirdAgain = testSpan({ traceId: third.traceId, tags: { hit: 'yes' }, timestamp: micros(3000) });
      await write(first, second, third, firstLater, thirdAgain);
      const query = testQuery({ tags: [['hit', 'yes']] });
      const expected = [[third, thirdAgain], [second], [first, firstLater]];
      assertSameTraces(await storage.findTraces(query), expected);
      assertSameTraces(await storage.findTraces({ ...query, limit: 2 }), expected.slice(0, 2));
    },
  },
  {
    title: 'the limit counts traces, not spans',
    run: async ({ storage, write }) => {
      const traceIds = Array.from({ length: 4 }, newId);
      const traces = traceIds.map((traceId, n) =>
        Array.from({ length: 40 }, (_, i) => testSpan({ traceId, timestamp: micros(n * -1000) - i })),
      );
      await write(...traces.flat());
      assertSameTraces(await storage.findTraces(testQuery({ limit: 3 })), traces.slice(0, 3));
    },
  },
  {
    title: 'a rare match is found among many newer traces',
    run: async ({ storage, write }) => {
      const rare = testSpan({ timestamp: micros(-40_000_000), tags: { rare: 'yes' } });
      await write(rare, ...Array.from({ length: 1500 }, (_, i) => testSpan({ timestamp: micros(i) })));
      assertSameTraces(await storage.findTraces(testQuery({ tags: [['rare', 'yes']] })), [[rare]]);
      assertSameTraces(await storage.findTraces(testQuery({ serviceName: 'frontend', annotations: ['rare'] })), [
        [rare],
      ]);
    },
  },
  {
    title: 'an aborted search rejects with the reason of its signal',
    run: async ({ storage, write }) => {
      await write(testSpan());
      const reason = new Error('the caller went away');
      const signal = AbortSignal.abort(reason);
      await assert.rejects(storage.findTraces(testQuery(), { signal }), reason);
      await assert.rejects(storage.getTrace(newId(), { signal }), reason);
    },
  },
];
