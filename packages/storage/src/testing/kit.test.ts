import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mergeTrace, type Span } from '@tracekin/model';
import type { SpanAnalysis } from '../analysis/span-analysis.ts';
import { matchesSpan } from '../matches-span.ts';
import { MemoryStorage } from '../memory-storage.ts';
import type { Storage } from '../storage.ts';
import { CONTRACT, runCase } from './contract.ts';
import { assertSameSpans, newId, randomTraces, testSpan } from './index.ts';

describe('the contract kit', () => {
  it('sees a difference between spans in every field', () => {
    const span = testSpan({ tags: { a: '1' } });
    assertSameSpans([span, span], [span, testSpan({ ...span })]);
    for (const change of [
      { id: newId() },
      { name: 'other' },
      { duration: 2 },
      { tags: { a: '2' } },
      { tags: null },
      { debug: true },
      { kind: 'SERVER', shared: true },
    ]) {
      assert.throws(() => assertSameSpans([span], [testSpan({ ...span, ...change })]), assert.AssertionError);
    }
    assert.throws(() => assertSameSpans([span], [span, span]), assert.AssertionError);
    assert.throws(() => assertSameSpans([span], []), assert.AssertionError);
  });

  it('makes the same random traces from the same seed, except for ids', () => {
    const shape = (seed: number) =>
      randomTraces(seed, 20).map(spans => spans.map(({ name, timestamp }) => [name, timestamp]));
    assert.deepEqual(shape(7), shape(7));
    assert.notDeepEqual(shape(7), shape(8));
  });
});

/** Storages with one fault each, and the topic whose tests have to notice. */
const FAULTS: Readonly<Record<string, { topic: string; breaks: (storage: MemoryStorage) => Partial<MemoryStorage> }>> =
  {
    'forgets a span of a large batch': {
      topic: 'write',
      breaks: storage => ({ write: ({ id, spans }) => storage.write({ id, spans: spans.slice(0, 1000) }) }),
    },
    'merges what it reads': {
      topic: 'trace by id',
      breaks: storage => ({ getTrace: async id => mergeTrace(await storage.getTrace(id)) }),
    },
    'cuts traces at 10,000 spans': {
      topic: 'trace by id',
      breaks: storage => ({ getTrace: async id => (await storage.getTrace(id)).slice(0, 10_000) }),
    },
    'gives empty traces for unknown ids': {
      topic: 'trace by id',
      breaks: storage => ({ getTraces: ids => Promise.all(ids.map(id => storage.getTrace(id))) }),
    },
    'compares half of a trace id': {
      topic: 'trace ids',
      breaks: storage => ({ getTrace: id => storage.getTrace(id.slice(-16)) }),
    },
    'loses empty tag values': {
      topic: 'values',
      breaks: storage => ({ write: ({ id, spans }) => storage.write({ id, spans: spans.map(withoutEmptyTags) }) }),
    },
    'finds the oldest first': {
      topic: 'search',
      breaks: storage => ({ findTraces: async query => (await storage.findTraces(query)).reverse() }),
    },
    'ignores the limit': {
      topic: 'search',
      breaks: storage => ({ findTraces: query => storage.findTraces({ ...query, limit: 1000 }) }),
    },
    'ignores maxDuration': {
      topic: 'search',
      breaks: storage => ({ findTraces: query => storage.findTraces({ ...query, maxDuration: undefined }) }),
    },
    'takes criteria from any span of a trace': {
      topic: 'all criteria on one span',
      breaks: storage => ({
        findTraces: async query => {
          const all = await storage.findTraces({
            endTs: query.endTs,
            lookback: query.lookback,
            limit: 1000,
            tags: [],
            annotations: [],
          });
          const { endTs, lookback, limit } = query;
          const alone = (criteria: object) => ({ endTs, lookback, limit, tags: [], annotations: [], ...criteria });
          const parts = [
            alone({ serviceName: query.serviceName }),
            alone({ spanName: query.spanName, remoteServiceName: query.remoteServiceName }),
            alone({ minDuration: query.minDuration, maxDuration: query.maxDuration }),
            ...query.tags.map(tag => alone({ tags: [tag] })),
            ...query.annotations.map(word => alone({ annotations: [word] })),
          ];
          return all.filter(spans => parts.every(part => spans.some(span => matchesSpan(part, span))));
        },
      }),
    },
    'excludes the last millisecond': {
      topic: 'window of time',
      breaks: storage => ({
        findTraces: query => storage.findTraces({ ...query, endTs: query.endTs - 1, lookback: query.lookback - 1 }),
      }),
    },
    'does not sort names': {
      topic: 'names',
      breaks: storage => ({ getSpanNames: async name => (await storage.getSpanNames(name)).reverse() }),
    },
    'offers values of the wrong key': {
      topic: 'autocomplete',
      breaks: storage => ({ getAutocompleteValues: () => storage.getAutocompleteValues('environment') }),
    },
    'ignores the window of links': {
      topic: 'dependency links',
      breaks: storage => ({ getDependencies: () => storage.getDependencies({ endTs: 1e15, lookback: 1e15 }) }),
    },
    'counts links once and for all': {
      topic: 'late spans',
      breaks: storage => {
        let known: ReturnType<MemoryStorage['getDependencies']> | undefined;
        return {
          getDependencies: query => {
            known ??= storage.getDependencies(query);
            return known;
          },
        };
      },
    },
    'counts spans of any scope': {
      topic: 'analysis',
      breaks: ({ analysis }) => ({
        analysis: { ...bound(analysis), countSpans: query => analysis.countSpans({ ...query, scope: 'all' }) },
      }),
    },
    'samples the wrong side': {
      topic: 'analysis',
      breaks: ({ analysis }) => ({
        analysis: { ...bound(analysis), sampleSpans: query => analysis.sampleSpans({ ...query, side: 'inside' }) },
      }),
    },
    'goes on after it was closed': { topic: 'lifecycle', breaks: () => ({ [Symbol.asyncDispose]: async () => {} }) },
  };

function bound(analysis: SpanAnalysis): SpanAnalysis {
  return {
    countSpans: (...call) => analysis.countSpans(...call),
    countGroups: (...call) => analysis.countGroups(...call),
    sampleSpans: (...call) => analysis.sampleSpans(...call),
  };
}

function withoutEmptyTags(span: Span): Span {
  const tags = Object.fromEntries(Object.entries(span.tags ?? {}).filter(([, value]) => value !== ''));
  return { ...span, tags };
}

/** How many tests of a topic a memory storage with some methods replaced does not pass. */
async function countFailures(
  topic: string,
  breaks: (storage: MemoryStorage) => Partial<MemoryStorage>,
): Promise<number> {
  const open = async (options: object): Promise<Storage> => {
    const storage = new MemoryStorage(options);
    const { name, capabilities, analysis } = storage;
    const methods = Reflect.ownKeys(MemoryStorage.prototype).map(key => {
      const method: unknown = Reflect.get(storage, key);
      // Not bind: `await using` of Node 24 does not accept a bound function.
      return [key, typeof method === 'function' ? (...args: unknown[]) => method.apply(storage, args) : method];
    });
    return { name, capabilities, analysis, ...Object.fromEntries(methods), ...breaks(storage) };
  };
  const results = await Promise.allSettled(CONTRACT[topic]!.map(storageCase => runCase({ open }, storageCase)));
  return results.filter(({ status }) => status === 'rejected').length;
}

describe('the contract kit passes a storage without a fault, and fails one that', () => {
  it('has none (the control)', async () => {
    for (const topic of Object.keys(CONTRACT)) assert.equal(await countFailures(topic, () => ({})), 0, topic);
  });
  for (const [fault, { topic, breaks }] of Object.entries(FAULTS)) {
    it(fault, async () => assert((await countFailures(topic, breaks)) > 0));
  }
});
