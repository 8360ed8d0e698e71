import type { TraceQuery } from '@tracekin/storage';
import type { Sql } from '../connection.ts';
import { type Layout, POSTINGS, SPANS, tableName } from '../schema/tables.ts';
import { ANY_SLOT } from '../write/bucket.ts';
import { Bindings, spanConditions, type Window } from './criteria.ts';

/** Where matches may be: buckets from `from` to `to`, both inclusive. */
export interface BucketRange {
  readonly from: number;
  readonly to: number;
}

/** A place that the index names: a slot of a bucket, or all of it. */
export interface Place {
  readonly bucket: number;
  /** `ANY_SLOT`: anywhere in the bucket. */
  readonly slot: number;
  /** How many traces the index says are there, at least about. */
  readonly promised: number;
}

/**
 * The newest `limit` rows of a hash; its oldest bucket may be cut. One hash a statement: the engine then reads the end of its rows backwards
 * and stops, however many there are.
 */
export function newestRows(layout: Layout, hash: number, { from, to }: BucketRange, limit: number): Sql {
  return {
    text: [
      'SELECT bucket, slot',
      `FROM ${tableName(layout, POSTINGS)}`,
      `PREWHERE hash = ${hash} AND bucket BETWEEN ${from} AND ${to}`,
      'ORDER BY bucket DESC',
      `LIMIT ${limit}`,
    ].join('\n'),
  };
}

export interface MatchesOptions {
  readonly query: TraceQuery;
  readonly window: Window;
  readonly range: BucketRange;
  /** Only here; absent: anywhere in the range. */
  readonly places?: readonly Place[] | undefined;
  readonly strictTraceId: boolean;
}

/**
 * The newest `limit` matching spans by trace: id, time and bucket of the latest, how many, and the oldest bucket reached.
 * The inner query goes through the table backwards and stops by itself at the limit, perhaps in the middle of a bucket; of
 * that bucket it says nothing for certain. (`WITH TIES` would, but makes the engine read everything.)
 */
export function newestMatches(layout: Layout, options: MatchesOptions, limit: number): Sql {
  const { conditions, bindings, high } = matchConditions(options);
  const text = [
    'SELECT trace_low, trace_high, max(timestamp) AS latest, max(bucket) AS newest, min(bucket) AS oldest,',
    '    toUInt32(count()) AS spans',
    'FROM',
    '(',
    `    SELECT trace_low, ${high}, timestamp, bucket`,
    `    FROM ${tableName(layout, SPANS)}`,
    ...conditions.map(line => `    ${line}`),
    '    ORDER BY bucket DESC',
    `    LIMIT ${limit}`,
    ')',
    'GROUP BY trace_low, trace_high',
  ].join('\n');
  return { text, parameters: bindings.parameters };
}

/** The `limit` traces of a range whose latest match is the most recent, having looked at all of it. */
export function matchesOfRange(layout: Layout, options: MatchesOptions, limit: number): Sql {
  const { conditions, bindings, high } = matchConditions(options);
  const text = [
    `SELECT trace_low, ${high}, max(timestamp) AS latest, max(bucket) AS newest, min(bucket) AS oldest,`,
    '    toUInt32(count()) AS spans',
    `FROM ${tableName(layout, SPANS)}`,
    ...conditions,
    'GROUP BY trace_low, trace_high',
    'ORDER BY latest DESC',
    `LIMIT ${limit}`,
  ].join('\n');
  return { text, parameters: bindings.parameters };
}

function matchConditions({ query, window, range, places, strictTraceId }: MatchesOptions): {
  readonly conditions: readonly string[];
  readonly bindings: Bindings;
  readonly high: string;
} {
  const bindings = new Bindings();
  const { early, exact } = spanConditions(query, bindings);
  const prewhere = [
    `bucket BETWEEN ${range.from} AND ${range.to}`,
    ...(places === undefined ? [] : [placesCondition(places)]),
    `timestamp BETWEEN ${window.fromMicros} AND ${window.toMicros}`,
    ...early,
  ];
  const conditions = [
    `PREWHERE ${prewhere.join('\n  AND ')}`,
    ...(exact.length === 0 ? [] : [`WHERE ${exact.join('\n  AND ')}`]),
  ].flatMap(condition => condition.split('\n'));
  return { conditions, bindings, high: strictTraceId ? 'trace_high' : 'toUInt64(0) AS trace_high' };
}

/** As the table's key has it, so that the engine finds the granules by its primary index. */
function placesCondition(places: readonly Place[]): string {
  const exact = places.filter(({ slot }) => slot !== ANY_SLOT);
  const whole = places.filter(({ slot }) => slot === ANY_SLOT);
  const parts: string[] = [];
  if (exact.length > 0) {
    const tuples = exact.map(({ bucket, slot }) => `(${bucket}, ${slot})`).join(', ');
    parts.push(`(bucket, bitShiftRight(trace_low, 48)) IN (${tuples})`);
  }
  if (whole.length > 0) parts.push(`bucket IN (${whole.map(({ bucket }) => bucket).join(', ')})`);
  return parts.length === 1 ? parts[0]! : `(${parts.join(' OR ')})`;
}
