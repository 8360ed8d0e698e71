import assert from 'node:assert/strict';
import { assertSameSpans } from './assert-same-spans.ts';
import type { StorageCase } from './storage-case.ts';
import { micros, newId, newLongTraceId, service, sharedCall, testQuery, testSpan } from './storage-fixtures.ts';

export const traceCases: readonly StorageCase[] = [
  {
    title: 'an unknown trace id gives no spans',
    run: async ({ storage, write }) => {
      assert.deepEqual(await storage.getTrace(newId()), []);
      await write(testSpan());
      assert.deepEqual(await storage.getTrace(newId()), []);
      assert.deepEqual(await storage.getTrace(newLongTraceId()), []);
    },
  },
  {
    title: 'a trace holds its own spans only, whichever batch they came in',
    run: async ({ storage, write }) => {
      const traceId = newId();
      const mine = [testSpan({ traceId }), testSpan({ traceId }), testSpan({ traceId })];
      await write(mine[0]!, testSpan());
      await write(testSpan(), mine[1]!, mine[2]!);
      assertSameSpans(await storage.getTrace(traceId), mine);
    },
  },
  {
    title: 'the halves of a call come back unmerged',
    run: async ({ storage, write }) => {
      const [client, server] = sharedCall('frontend', 'backend');
      await write(server);
      await write(client);
      assertSameSpans(await storage.getTrace(client.traceId), [client, server]);
    },
  },
  {
    title: 'an early and a late report of a span come back unmerged',
    run: async ({ storage, write }) => {
      const early = testSpan({ name: null, duration: null, tags: { 'http.path': '/a' } });
      const late = testSpan({ ...early, name: 'get /a', duration: 50, tags: { 'http.status_code': '200' } });
      const empty = testSpan({ traceId: early.traceId, id: early.id, name: null, timestamp: null, duration: null });
      await write(early, late, empty);
      assertSameSpans(await storage.getTrace(early.traceId), [early, late, empty]);
    },
  },
  {
    title: 'spans that differ only in debug or shared are different',
    run: async ({ storage, write }) => {
      const span = testSpan({ kind: 'SERVER' });
      const spans = [span, testSpan({ ...span, debug: true }), testSpan({ ...span, shared: true })];
      spans.push(testSpan({ ...span, debug: true, shared: true }));
      await write(...spans);
      assertSameSpans(await storage.getTrace(span.traceId), spans);
      assertSameSpans((await storage.findTraces(testQuery()))[0]!, spans);
    },
  },
  {
    title: 'spans that differ only in one tag, annotation or endpoint are different',
    run: async ({ storage, write }) => {
      const span = testSpan();
      const spans = [
        span,
        testSpan({ ...span, tags: { a: '' } }),
        testSpan({ ...span, tags: { a: '1' } }),
        testSpan({ ...span, annotations: [{ timestamp: micros(), value: 'a' }] }),
        testSpan({ ...span, annotations: [{ timestamp: micros() + 1, value: 'a' }] }),
        testSpan({ ...span, localEndpoint: { serviceName: 'frontend', ipv4: '10.0.0.1' } }),
        testSpan({ ...span, localEndpoint: { serviceName: 'frontend', port: 80 } }),
        testSpan({ ...span, remoteEndpoint: service('frontend') }),
      ];
      await write(...spans);
      assertSameSpans(await storage.getTrace(span.traceId), spans);
    },
  },
  {
    title: 'a trace without any timestamp is read by id',
    run: async ({ storage, write }) => {
      const span = testSpan({ timestamp: null, duration: null });
      await write(span);
      assertSameSpans(await storage.getTrace(span.traceId), [span]);
      assertSameSpans((await storage.getTraces([span.traceId]))[0]!, [span]);
    },
  },
  {
    title: 'a trace that spans midnight is read whole',
    run: async ({ storage, write }) => {
      const traceId = newId();
      const spans = [-20, -13, 0, 11].map(hours => testSpan({ traceId, timestamp: micros(hours * 3_600_000) }));
      for (const span of spans) await write(span);
      assertSameSpans(await storage.getTrace(traceId), spans);
    },
  },
  {
    title: 'a trace of more than 10,000 spans is read whole',
    run: async ({ storage, write }) => {
      const traceId = newLongTraceId();
      const spans = Array.from({ length: 12_000 }, (_, i) =>
        testSpan({ traceId, name: `work ${i % 10}`, timestamp: micros() + i, tags: { i: `${i}` } }),
      );
      for (let i = 0; i < spans.length; i += 3000) await write(...spans.slice(i, i + 3000));
      assertSameSpans(await storage.getTrace(traceId), spans);
      const [found] = await storage.findTraces(testQuery({ tags: [['i', '7777']] }));
      assert.equal(found?.length, 12_000);
    },
  },
  {
    title: 'several traces are read at once and unknown ones left out',
    run: async ({ storage, write }) => {
      const [a, b, c] = [testSpan(), testSpan({ traceId: newLongTraceId() }), testSpan()];
      await write(a, b, c);
      const traces = await storage.getTraces([a.traceId, newId(), b.traceId]);
      assert.equal(traces.length, 2);
      assertSameSpans(traces.flat(), [a, b]);
      assert.deepEqual(await storage.getTraces([newId(), newId()]), []);
      assert.deepEqual(await storage.getTraces([]), []);
    },
  },
  {
    title: 'results belong to the caller',
    run: async ({ storage, write }) => {
      const span = testSpan();
      await write(span);
      (await storage.getTrace(span.traceId)).length = 0;
      for (const trace of await storage.findTraces(testQuery())) trace.length = 0;
      (await storage.getServiceNames()).push('other');
      assertSameSpans(await storage.getTrace(span.traceId), [span]);
      assertSameSpans((await storage.findTraces(testQuery()))[0]!, [span]);
      assert.deepEqual(await storage.getServiceNames(), ['frontend']);
    },
  },
  {
    title: 'a deleted trace is gone and others stay, or deleting is unsupported',
    run: async ({ storage, write, settle }) => {
      const [client, server] = sharedCall('frontend', 'backend');
      const other = testSpan();
      await write(client, server, other);
      if (!storage.capabilities.deleteTrace) {
        await assert.rejects(storage.deleteTrace(client.traceId), { code: 'unsupported' });
        return;
      }
      assert.equal(await storage.deleteTrace(newId()), 0);
      assert.equal(await storage.deleteTrace(client.traceId), 2);
      await settle();
      assert.deepEqual(await storage.getTrace(client.traceId), []);
      assert.deepEqual(await storage.findTraces(testQuery({ serviceName: 'backend' })), []);
      assert.deepEqual(await storage.getDependencies({ endTs: testQuery().endTs, lookback: 172_800_000 }), []);
      assertSameSpans(await storage.getTrace(other.traceId), [other]);
      assert.equal(await storage.deleteTrace(client.traceId), 0);
    },
  },
];
