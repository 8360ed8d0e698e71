import type { SpanGroupQuery, TraceQuery } from '@tracekin/storage';
import { countGroups, countPart, countSpans, samplePlan, sampleSpans } from '../analysis/analysis-sql.ts';
import type { Sql } from '../connection.ts';
import {
  checkpoints,
  settledLinks,
  settledTraces,
  touchesAfter,
  traceCount,
  traceIdsOfSlice,
  writingServers,
} from '../links/link-sql.ts';
import { namesOf, serviceNames } from '../names/names-sql.ts';
import { deleteSpans } from '../read/delete-sql.ts';
import { bucketsOfTraces, spansOfPlaces, spansOfTraces } from '../read/traces-sql.ts';
import { dayUsage, dropDay, touchDays } from '../retention/retention-sql.ts';
import { MIGRATIONS } from '../schema/migrate.ts';
import { createDatabase, type Layout, SPANS } from '../schema/tables.ts';
import { windowOf } from '../search/criteria.ts';
import { matchesOfRange, newestMatches, newestRows } from '../search/search-sql.ts';
import { ANY_SLOT, bucketOf } from '../write/bucket.ts';

export const GOLDEN_LAYOUT: Layout = { database: 'golden' };
const REPLICATED: Layout = { database: 'golden', cluster: { name: 'main', replicated: true } };
const SHARDED: Layout = { database: 'golden', cluster: { name: 'two_shards', replicated: false } };

const EVERYTHING: TraceQuery = {
  serviceName: 'front',
  spanName: 'get /',
  remoteServiceName: 'back',
  tags: [
    ['http.method', 'GET'],
    ["quote'\\", 'a\nb'],
  ],
  annotations: ['error'],
  minDuration: 1_000,
  maxDuration: 2_000,
  endTs: 1_790_000_000_000,
  lookback: 3_600_000,
  limit: 10,
};
const ANYTHING: TraceQuery = { tags: [], annotations: [], endTs: 1_790_000_000_000, lookback: 86_400_000, limit: 10 };

function matches(query: TraceQuery, layout: Layout = GOLDEN_LAYOUT): Parameters<typeof newestMatches> {
  const window = windowOf(query);
  const range = { from: bucketOf(window.fromMicros), to: bucketOf(window.toMicros) };
  return [layout, { query, window, range, strictTraceId: true }, 120];
}

const PART = { fromTimestamp: 1_789_999_000_000_000, fromDuration: 500, toDuration: 900, error: true } as const;
const ENTRIES: SpanGroupQuery = { ...ANYTHING, scope: 'entries', bucketMs: 60_000, by: 'operation', atMost: 100 };
const SEARCHED: SpanGroupQuery = { ...EVERYTHING, scope: 'roots', bucketMs: 60_000, by: 'call', atMost: 100 };

const RANGE = { from: 447_499_100, to: 447_500_000 };
const IDS = ['00000000000000ff', 'fedcba9876543210'];

/** Every statement that the storage sends, by the name of its golden file. `run: false`: needs a cluster. */
export const SQL_CASES: readonly { readonly name: string; readonly sql: readonly Sql[]; readonly run?: false }[] = [
  { name: 'schema', sql: schema(GOLDEN_LAYOUT) },
  { name: 'schema-replicated', sql: schema(REPLICATED), run: false },
  { name: 'schema-sharded', sql: schema(SHARDED), run: false },
  { name: 'newest-matches-everything', sql: [newestMatches(...matches(EVERYTHING))] },
  { name: 'newest-matches-anything', sql: [newestMatches(...matches(ANYTHING))] },
  { name: 'newest-matches-places', sql: [newestMatches(...withPlaces())] },
  {
    name: 'newest-matches-not-strict',
    sql: [newestMatches(GOLDEN_LAYOUT, { ...matches(ANYTHING)[1], strictTraceId: false }, 120)],
  },
  { name: 'matches-of-range', sql: [matchesOfRange(...matches(EVERYTHING))] },
  { name: 'newest-rows-of-a-term', sql: [newestRows(GOLDEN_LAYOUT, 4_294_967_295, RANGE, 64)] },
  { name: 'count-spans-anything', sql: [countSpans(GOLDEN_LAYOUT, ENTRIES)] },
  { name: 'count-spans-everything', sql: [countSpans(GOLDEN_LAYOUT, SEARCHED)] },
  { name: 'count-operations-by-step', sql: [countGroups(GOLDEN_LAYOUT, ENTRIES, 'steps')] },
  { name: 'count-calls-by-time', sql: [countGroups(GOLDEN_LAYOUT, SEARCHED, 'series')] },
  { name: 'count-part', sql: [countPart(GOLDEN_LAYOUT, ENTRIES, PART, 'outside')] },
  {
    name: 'sample-spans',
    sql: [
      sampleSpans(GOLDEN_LAYOUT, SEARCHED, PART, 'inside', samplePlan(SEARCHED, 10, 10), 10),
      sampleSpans(GOLDEN_LAYOUT, ENTRIES, { error: true }, 'outside', samplePlan(ENTRIES, 10_000_000, 5_000), 5_000),
    ],
  },
  { name: 'spans-of-traces', sql: [spansOfTraces(GOLDEN_LAYOUT, IDS)] },
  { name: 'buckets-of-traces', sql: [bucketsOfTraces(GOLDEN_LAYOUT, IDS)] },
  { name: 'spans-of-places', sql: [spansOfPlaces(GOLDEN_LAYOUT, [{ bucket: 447_499_999, slot: 17 }])] },
  { name: 'service-names', sql: [serviceNames(GOLDEN_LAYOUT)] },
  { name: 'names-of', sql: [namesOf(GOLDEN_LAYOUT, 'span', "front's")] },
  { name: 'settled-links', sql: [settledLinks(GOLDEN_LAYOUT, { from: 1_789_999_000_500, to: 1_790_000_000_000 }, [])] },
  {
    name: 'settled-links-short',
    sql: [settledLinks(GOLDEN_LAYOUT, { from: 1_790_000_000_000, to: 1_790_000_000_010 }, [])],
  },
  {
    name: 'settled-links-except',
    sql: [settledLinks(GOLDEN_LAYOUT, { from: 1_789_999_000_500, to: 1_790_000_000_000 }, IDS)],
  },
  { name: 'settled-traces', sql: [settledTraces(GOLDEN_LAYOUT, IDS, [29_833_333])] },
  { name: 'checkpoints', sql: [checkpoints(GOLDEN_LAYOUT)] },
  { name: 'touches-after', sql: [touchesAfter(GOLDEN_LAYOUT, 'a-server', 1_790_000_000_000_000)] },
  { name: 'trace-count', sql: [traceCount(GOLDEN_LAYOUT)] },
  { name: 'trace-ids-of-slice', sql: [traceIdsOfSlice(GOLDEN_LAYOUT, 3, 4)] },
  { name: 'writing-servers', sql: [writingServers(GOLDEN_LAYOUT)] },
  { name: 'delete-spans', sql: [deleteSpans(GOLDEN_LAYOUT, '00000000000000abfedcba9876543210', true)] },
  { name: 'delete-spans-replicated', sql: [deleteSpans(REPLICATED, 'fedcba9876543210', false)], run: false },
  { name: 'day-usage', sql: [dayUsage(GOLDEN_LAYOUT)] },
  { name: 'touch-days', sql: [touchDays(GOLDEN_LAYOUT)] },
  { name: 'drop-day', sql: [dropDay(GOLDEN_LAYOUT, SPANS, 20_000)] },
  { name: 'drop-day-replicated', sql: [dropDay(REPLICATED, SPANS, 20_000)], run: false },
];

function schema(layout: Layout): Sql[] {
  const statements = MIGRATIONS.flatMap(step => [...step.statements(layout), ...(step.settings?.(layout) ?? [])]);
  return [createDatabase(layout), ...statements].map(text => ({ text }));
}

function withPlaces(): Parameters<typeof newestMatches> {
  const [layout, options, limit] = matches(EVERYTHING);
  const places = [
    { bucket: 447_499_999, slot: 17, promised: 1 },
    { bucket: 447_499_990, slot: ANY_SLOT, promised: 64 },
  ];
  return [layout, { ...options, places }, limit];
}

/** As it is kept: the statements, each with its parameters in a comment. */
export function goldenText(statements: readonly Sql[]): string {
  return statements
    .map(({ text, parameters = {} }) => {
      const bound = Object.entries(parameters).map(([name, value]) => `-- ${name} = ${JSON.stringify(value)}\n`);
      return `${bound.join('')}${text};\n`;
    })
    .join('\n');
}
