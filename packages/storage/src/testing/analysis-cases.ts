import assert from 'node:assert/strict';
import { durationStep, type Span } from '@tracekin/model';
import { bucketsStart, hasError, inPart, inScope } from '../analysis/in-scope.ts';
import { MemoryAnalysis } from '../analysis/memory-analysis.ts';
import type { SpanCountQuery, SpanPart } from '../analysis/span-analysis.ts';
import { matchesSpan } from '../matches-span.ts';
import { randomTraces } from './random-traces.ts';
import type { StorageCase } from './storage-case.ts';
import { BASE_MS, micros, service, testQuery, testSpan } from './storage-fixtures.ts';

// A backend without `analysis` keeps these promises by not making them.

const MINUTE = 60_000;

function countQuery(criteria: Partial<SpanCountQuery> = {}): SpanCountQuery {
  const { limit: _, ...query } = testQuery({ endTs: BASE_MS + MINUTE, lookback: MINUTE });
  return { ...query, scope: 'all', bucketMs: 5_000, ...criteria };
}

const QUERIES: readonly SpanCountQuery[] = [
  countQuery(),
  countQuery({ scope: 'entries' }),
  countQuery({ scope: 'roots', bucketMs: 1 }),
  countQuery({ serviceName: 'web' }),
  countQuery({ serviceName: 'app', spanName: 'get', bucketMs: 60_000_000 }),
  countQuery({ remoteServiceName: 'mail', annotations: ['error'] }),
  countQuery({ tags: [['a', 'b']], minDuration: 100, maxDuration: 700, scope: 'entries' }),
  countQuery({ annotations: ['retry'], endTs: BASE_MS + 40_000, lookback: 20_000 }),
  countQuery({ serviceName: 'nobody' }),
];

const PARTS: readonly SpanPart[] = [
  { error: true },
  { fromTimestamp: micros(10_000), toTimestamp: micros(30_000) },
  { fromDuration: 300, toDuration: 600 },
  { fromTimestamp: micros(5_000), fromDuration: 500, error: true },
];

/** The reference over the spans that were written. */
function reference(spans: readonly Span[]): MemoryAnalysis {
  return new MemoryAnalysis(async function* () {
    yield spans;
  });
}

export const analysisCases: readonly StorageCase[] = [
  {
    title: 'spans are counted by time and duration, each by its own',
    run: async ({ storage, write }) => {
      const spans = randomTraces(41, 120).flat();
      await write(...spans);
      for (const query of storage.analysis === undefined ? [] : QUERIES) {
        const cells = await storage.analysis!.countSpans(query);
        const start = bucketsStart(query);
        const expected = spans.filter(span => inScope(query.scope, span) && matchesSpan({ ...query, limit: 1 }, span));
        const count = (counted: (span: Span) => boolean): Map<string, number> => {
          const counts = new Map<string, number>();
          for (const span of expected.filter(counted)) {
            const at = `${Math.floor((span.timestamp! - start) / (query.bucketMs * 1000))} ${durationStep(span.duration)}`;
            counts.set(at, (counts.get(at) ?? 0) + 1);
          }
          return counts;
        };
        const given = (field: 'spans' | 'errors'): Map<string, number> =>
          new Map(
            cells.filter(cell => cell[field] > 0).map(cell => [`${cell.bucket} ${cell.step}`, cell[field]] as const),
          );
        const sorted = (counts: ReadonlyMap<string, number>): unknown => [...counts].sort();
        const said = JSON.stringify(query);
        assert.deepEqual(sorted(given('spans')), sorted(count(() => true)), said);
        assert.deepEqual(sorted(given('errors')), sorted(count(hasError)), said);
        assert.deepEqual(
          cells,
          cells.toSorted((a, b) => a.bucket - b.bucket || a.step - b.step),
        );
      }
    },
  },
  {
    title: 'spans are counted by service, operation and call, the most frequent first',
    run: async ({ storage, write }) => {
      const spans = randomTraces(42, 120).flat();
      await write(...spans);
      for (const query of storage.analysis === undefined ? [] : QUERIES) {
        for (const by of ['service', 'operation', 'call'] as const) {
          for (const atMost of [3, 1000]) {
            const asked = { ...query, by, atMost };
            assert.deepEqual(
              await storage.analysis!.countGroups(asked),
              await reference(spans).countGroups(asked),
              JSON.stringify(asked),
            );
          }
        }
      }
    },
  },
  {
    title: 'a sample that need not leave anything out has every span of its side',
    run: async ({ storage, write }) => {
      const spans = randomTraces(43, 120).flat();
      await write(...spans);
      const text = ({ kind, name, localEndpoint, remoteEndpoint, tags }: Partial<Span>): string =>
        JSON.stringify([
          kind,
          name,
          localEndpoint?.serviceName,
          remoteEndpoint?.serviceName,
          Object.entries(tags ?? {}).sort(),
        ]);
      for (const query of storage.analysis === undefined ? [] : QUERIES.slice(0, 6)) {
        for (const part of PARTS) {
          for (const side of ['inside', 'outside'] as const) {
            const asked = { ...query, part, side, atMost: 10_000 };
            const found = await storage.analysis!.sampleSpans(asked);
            const expected = spans.filter(
              span =>
                inScope(query.scope, span) &&
                matchesSpan({ ...query, limit: 1 }, span) &&
                inPart(part, span) === (side === 'inside'),
            );
            assert.equal(found.spans, expected.length);
            assert.deepEqual(found.sample.map(text).sort(), expected.map(text).sort(), JSON.stringify(asked));
          }
        }
      }
    },
  },
  {
    title: 'a sample of many spans says how many there are and is like all of them',
    run: async ({ storage, write }) => {
      if (storage.analysis === undefined) return;
      const spans = Array.from({ length: 6000 }, (_, i) =>
        testSpan({ timestamp: micros(i * 10), tags: { side: i % 2 === 0 ? 'head' : 'tail' } }),
      );
      await write(...spans);
      const found = await storage.analysis.sampleSpans({ ...countQuery(), part: {}, side: 'inside', atMost: 600 });
      assert.equal(found.spans, 6000);
      assert.ok(found.sample.length > 200 && found.sample.length <= 600, `${found.sample.length} spans`);
      const heads = found.sample.filter(({ tags }) => tags?.['side'] === 'head').length / found.sample.length;
      assert.ok(heads > 0.35 && heads < 0.65, `${heads} of them are heads`);
    },
  },
  {
    title: 'spans without a service are a group too, and calls need a name to call',
    run: async ({ storage, write }) => {
      if (storage.analysis === undefined) return;
      await write(
        testSpan({ localEndpoint: null, name: null }),
        testSpan({ kind: 'CLIENT', remoteEndpoint: service('db') }),
        testSpan({ kind: 'SERVER', remoteEndpoint: service('browser') }),
        testSpan({ kind: 'CLIENT' }),
      );
      const names = async (by: 'service' | 'operation' | 'call'): Promise<string[]> =>
        (await storage.analysis!.countGroups({ ...countQuery(), by, atMost: 10 })).groups.map(
          ({ serviceName, spanName, remoteServiceName, spans }) =>
            [serviceName, spanName, remoteServiceName, spans].join('|'),
        );
      assert.deepEqual(await names('service'), ['frontend|||3', '|||1']);
      assert.deepEqual(await names('operation'), ['frontend|get||3', '|||1']);
      assert.deepEqual(await names('call'), ['frontend||db|1']);
    },
  },
  {
    title: 'search disabled: nothing is counted',
    options: { searchEnabled: false },
    run: async ({ storage, write }) => {
      await write(testSpan());
      if (storage.analysis === undefined) return;
      assert.deepEqual(await storage.analysis.countSpans(countQuery()), []);
      const none = { groups: [], more: false };
      assert.deepEqual(await storage.analysis.countGroups({ ...countQuery(), by: 'service', atMost: 9 }), none);
      const sample = { ...countQuery(), part: {}, side: 'inside', atMost: 9 } as const;
      assert.deepEqual(await storage.analysis.sampleSpans(sample), { spans: 0, sample: [] });
    },
  },
];
