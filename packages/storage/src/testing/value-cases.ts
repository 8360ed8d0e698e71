import { type Span, setTag } from '@tracekin/model';
import { assertSameSpans, assertSameTraces } from './assert-same-spans.ts';
import type { StorageCase, StorageTest } from './storage-case.ts';
import { micros, newId, newLongTraceId, service, testQuery, testSpan } from './storage-fixtures.ts';

/** Words that have broken query languages, key-value encodings and JavaScript objects. */
const AWKWARD_WORDS = [
  "it's",
  '"quoted"',
  'back\\slash',
  '100%',
  'a_b',
  'a=b',
  'a:b',
  'x and y',
  '{x:String}',
  '?',
  'tab\there',
  'line\nbreak',
  'nul\u0000char',
  'ünïcödé',
  '日本語',
  '🚀 rocket',
  'é',
  '\u2028',
  ' leading and trailing ',
  'UPPER',
];

async function readsBack({ storage, write }: StorageTest, ...spans: Span[]): Promise<void> {
  await write(...spans);
  for (const span of spans) assertSameSpans(await storage.getTrace(span.traceId), [span]);
}

export const valueCases: readonly StorageCase[] = [
  {
    title: 'every field comes back as it was written',
    run: test =>
      readsBack(
        test,
        testSpan({
          traceId: newLongTraceId(),
          parentId: newId(),
          kind: 'CLIENT',
          name: 'get /users/{id}',
          timestamp: micros() + 123,
          duration: 4567,
          localEndpoint: { serviceName: 'web', ipv4: '10.1.2.3', ipv6: '2001:db8::c001', port: 8080 },
          remoteEndpoint: { serviceName: 'users', ipv4: '192.168.99.101', port: 65535 },
          annotations: [
            { timestamp: micros() + 200, value: 'ws' },
            { timestamp: micros() + 200, value: 'wr' },
            { timestamp: micros() + 300, value: 'cache.miss' },
          ],
          tags: { 'http.method': 'GET', 'http.path': '/users/1', error: '' },
          debug: true,
        }),
        testSpan({ kind: 'SERVER', shared: true }),
        testSpan({ kind: 'PRODUCER', remoteEndpoint: { serviceName: 'kafka' } }),
        testSpan({ kind: 'CONSUMER', duration: null }),
      ),
  },
  {
    title: 'a span of nothing but ids comes back',
    run: async test => {
      await readsBack(test, testSpan({ name: null, timestamp: null, duration: null, localEndpoint: null }));
    },
  },
  {
    title: 'endpoints may lack any of their fields',
    run: test =>
      readsBack(
        test,
        testSpan({ localEndpoint: { ipv6: 'fe80::1' }, remoteEndpoint: { ipv4: '1.2.3.4' } }),
        testSpan({ localEndpoint: { port: 80 }, remoteEndpoint: { ipv6: '::1', port: 443 } }),
        testSpan({ localEndpoint: { ipv4: '0.0.0.0' }, remoteEndpoint: { ipv4: '255.255.255.255', ipv6: '::' } }),
        testSpan({ localEndpoint: null, remoteEndpoint: service('only') }),
      ),
  },
  {
    title: 'empty tag values are kept and found by key',
    run: async test => {
      const span = testSpan({ tags: { empty: '' } });
      await readsBack(test, span);
      assertSameTraces(await test.storage.findTraces(testQuery({ annotations: ['empty'] })), [[span]]);
    },
  },
  {
    title: 'any text may be a tag key, a tag value and an annotation, and is found exactly',
    run: async ({ storage, write }) => {
      const spans = AWKWARD_WORDS.map((word, i) => {
        const tags = {};
        setTag(tags, word, `value of ${word}`);
        return testSpan({ timestamp: micros(i), tags, annotations: [{ timestamp: micros(), value: `note ${word}` }] });
      });
      await write(...spans);
      for (const [i, word] of AWKWARD_WORDS.entries()) {
        const expected = [[spans[i]!]];
        assertSameSpans(await storage.getTrace(spans[i]!.traceId), [spans[i]!]);
        assertSameTraces(await storage.findTraces(testQuery({ annotations: [word] })), expected, word);
        assertSameTraces(await storage.findTraces(testQuery({ annotations: [`note ${word}`] })), expected, word);
        assertSameTraces(await storage.findTraces(testQuery({ tags: [[word, `value of ${word}`]] })), expected, word);
      }
    },
  },
  {
    title: 'any text may be a service name and a span name, and is found exactly',
    run: async ({ storage, write }) => {
      const spans = AWKWARD_WORDS.map((word, i) =>
        testSpan({
          timestamp: micros(i),
          name: `name ${word}`,
          localEndpoint: service(`local ${word}`),
          remoteEndpoint: service(`remote ${word}`),
        }),
      );
      await write(...spans);
      for (const span of spans) {
        const query = testQuery({
          serviceName: span.localEndpoint!.serviceName!,
          spanName: span.name!,
          remoteServiceName: span.remoteEndpoint!.serviceName!,
        });
        assertSameTraces(await storage.findTraces(query), [[span]], span.name);
      }
    },
  },
  {
    title: 'tag keys that mean something to JavaScript objects are tags like others',
    run: async ({ storage, write }) => {
      const tags = {};
      const keys = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '10', '9', '-1', '', 'length'];
      for (const key of keys) setTag(tags, key, `is ${key}`);
      const span = testSpan({ tags });
      const plain = testSpan({ timestamp: micros(-1), tags: { plain: 'x' } });
      await write(span, plain);
      assertSameSpans(await storage.getTrace(span.traceId), [span]);
      for (const key of keys) {
        assertSameTraces(await storage.findTraces(testQuery({ tags: [[key, `is ${key}`]] })), [[span]], key);
        assertSameTraces(await storage.findTraces(testQuery({ annotations: [key] })), [[span]], key);
      }
    },
  },
  {
    title: 'a tag value of 64 KiB comes back whole',
    run: test => readsBack(test, testSpan({ tags: { long: 'long value '.repeat(5958), short: 'x' } })),
  },
  {
    title: 'a span with a tag value of 64 KiB is found by its short tags',
    run: async ({ storage, write }) => {
      const span = testSpan({ tags: { long: 'x'.repeat(65_536), short: 'yes' } });
      await write(span, testSpan());
      assertSameTraces(await storage.findTraces(testQuery({ tags: [['short', 'yes']] })), [[span]]);
    },
  },
  {
    title: 'a tag value of 64 KiB is found by its key and by its value',
    run: async ({ storage, write }) => {
      const long = 'y'.repeat(65_536);
      const span = testSpan({ tags: { long } });
      await write(span, testSpan());
      assertSameTraces(await storage.findTraces(testQuery({ annotations: ['long'] })), [[span]]);
      assertSameTraces(await storage.findTraces(testQuery({ tags: [['long', long]] })), [[span]]);
      assertSameTraces(await storage.findTraces(testQuery({ tags: [['long', `${long}y`]] })), []);
    },
  },
  {
    title: 'long names, many tags and many annotations come back',
    run: test =>
      readsBack(
        test,
        testSpan({ name: 'n'.repeat(5000), localEndpoint: service('s'.repeat(300)) }),
        testSpan({ tags: Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`tag.${i}`, `value ${i}`])) }),
        testSpan({
          annotations: Array.from({ length: 1000 }, (_, i) => ({ timestamp: micros() + i, value: `event ${i % 10}` })),
        }),
      ),
  },
  {
    title: 'the largest numbers come back exactly',
    run: test =>
      readsBack(
        test,
        testSpan({ duration: Number.MAX_SAFE_INTEGER }),
        testSpan({ duration: 1 }),
        testSpan({ duration: 4_294_967_297 }),
        testSpan({
          annotations: [
            { timestamp: 0, value: 'zero' },
            { timestamp: micros() + 1, value: 'one' },
          ],
        }),
      ),
  },
  {
    title: 'spans of a broken clock do not harm the others of their batch',
    run: async ({ storage, write }) => {
      const traceId = newId();
      const good = testSpan({ traceId });
      await write(
        testSpan({ timestamp: 1 }),
        good,
        testSpan({ timestamp: Number.MAX_SAFE_INTEGER }),
        testSpan({ timestamp: micros(366 * 86_400_000) }),
      );
      assertSameSpans(await storage.getTrace(traceId), [good]);
      assertSameTraces(await storage.findTraces(testQuery()), [[good]]);
    },
  },
];
