import {
  bucketsStart,
  type SpanCountQuery,
  type SpanCriteria,
  type SpanGroupQuery,
  type SpanPart,
} from '@tracekin/storage';
import type { Sql } from '../connection.ts';
import { SPAN_COLUMNS } from '../read/span-rows.ts';
import { type Layout, SPANS, tableName } from '../schema/tables.ts';
import { Bindings, spanConditions, windowOf } from '../search/criteria.ts';
import { bucketOf, SLOT_BITS } from '../write/bucket.ts';
import { ERROR, KIND_MASK, kindBits, SHARED } from '../write/span-flags.ts';

// Aliases differ from the columns' names: the engine would put the alias into the conditions otherwise.

/** The model's `durationStep`. 16,368 is the upper 16 bits of 1.0. */
const STEP =
  'toInt32(if(duration = 0, -1, toInt32(bitShiftRight(reinterpretAsUInt64(toFloat64(duration)), 48)) - 16368))';
const FAILED = `bitAnd(flags, ${ERROR}) != 0`;
const ROOT = `parent_id = 0 AND bitAnd(flags, ${SHARED}) = 0`;

/** One row for each bucket of time and step of duration. */
export function countSpans(layout: Layout, query: SpanCountQuery): Sql {
  const { conditions, bindings } = criteria(query);
  return {
    text: [
      `SELECT ${timeBucket(query)} AS time_bucket, ${STEP} AS duration_step,`,
      `    count() AS spans, countIf(${FAILED}) AS errors`,
      `FROM ${tableName(layout, SPANS)}`,
      ...conditions,
      'GROUP BY time_bucket, duration_step',
      'ORDER BY time_bucket, duration_step',
    ].join('\n'),
    parameters: bindings.parameters,
  };
}

/**
 * One row for each group, the largest first, with its spans by `steps` of duration or by buckets of time (`series`). The
 * inner query counts in one pass over narrow columns; only its sums become arrays.
 */
export function countGroups(layout: Layout, query: SpanGroupQuery, per: 'steps' | 'series'): Sql {
  const { conditions, bindings } = criteria(
    query,
    query.by === 'call'
      ? ["remote != ''", `bitAnd(flags, ${KIND_MASK}) IN (${kindBits('CLIENT')}, ${kindBits('PRODUCER')})`]
      : [],
  );
  const names = [
    'service AS group_service',
    `${query.by === 'operation' ? 'name' : "''"} AS group_name`,
    `${query.by === 'call' ? 'remote' : "''"} AS group_remote`,
  ];
  return {
    text: [
      'SELECT group_service, group_name, group_remote, sum(spans) AS all_spans, sum(errors) AS all_errors,',
      '    groupArray(place) AS places, groupArray(spans) AS place_spans, groupArray(errors) AS place_errors',
      'FROM',
      '(',
      `    SELECT ${names.join(', ')},`,
      `        ${per === 'steps' ? STEP : `toInt32(${timeBucket(query)})`} AS place, count() AS spans, countIf(${FAILED}) AS errors`,
      `    FROM ${tableName(layout, SPANS)}`,
      ...conditions.map(line => `    ${line}`),
      '    GROUP BY group_service, group_name, group_remote, place',
      '    ORDER BY place',
      ')',
      'GROUP BY group_service, group_name, group_remote',
      'ORDER BY all_spans DESC, group_service, group_name, group_remote',
      // One more says that there are others.
      `LIMIT ${query.atMost + 1}`,
    ].join('\n'),
    parameters: bindings.parameters,
  };
}

/** How many spans are inside of a part, or outside of it. */
export function countPart(layout: Layout, query: SpanCriteria, part: SpanPart, side: 'inside' | 'outside'): Sql {
  const { conditions, bindings } = criteria(query, [partCondition(part, side)]);
  return {
    text: ['SELECT count() AS spans', `FROM ${tableName(layout, SPANS)}`, ...conditions].join('\n'),
    parameters: bindings.parameters,
  };
}

/** Which spans a sample takes: those of every n-th bucket whose trace id is in the lowest of 65,536 slots. */
export interface SamplePlan {
  readonly everyBucket: number;
  /** 65,536 for all. */
  readonly slots: number;
}

/** Fewer buckets than this would make a sample of moments. */
const LEAST_BUCKETS = 300;
const SLOTS = 2 ** SLOT_BITS;

/**
 * Spans lie in the order of (bucket, trace id), so whole stretches of the table are left unread: first buckets, as long as
 * many remain, then trace ids, which are random. Tags are what costs.
 */
export function samplePlan(query: SpanCriteria, spans: number, atMost: number): SamplePlan {
  if (spans <= atMost) return { everyBucket: 1, slots: SLOTS };
  const { fromMicros, toMicros } = windowOf(query);
  const buckets = bucketOf(toMicros) - bucketOf(fromMicros) + 1;
  const everyBucket = Math.max(1, Math.min(Math.floor(buckets / LEAST_BUCKETS), Math.floor(spans / atMost)));
  return { everyBucket, slots: Math.max(1, Math.min(SLOTS, Math.round((SLOTS * everyBucket * atMost) / spans))) };
}

export function sampleSpans(
  layout: Layout,
  query: SpanCriteria,
  part: SpanPart,
  side: 'inside' | 'outside',
  { everyBucket, slots }: SamplePlan,
  atMost: number,
): Sql {
  const { conditions, bindings } = criteria(query, [
    ...(everyBucket === 1 ? [] : [`intHash32(bucket) % ${everyBucket} = 0`]),
    ...(slots === SLOTS ? [] : [`bitShiftRight(trace_low, 48) < ${slots}`]),
    partCondition(part, side),
  ]);
  return {
    text: [
      `SELECT ${SPAN_COLUMNS.join(', ')}`,
      `FROM ${tableName(layout, SPANS)}`,
      ...conditions,
      `LIMIT ${atMost}`,
    ].join('\n'),
    parameters: bindings.parameters,
  };
}

function timeBucket(query: SpanCountQuery): string {
  return `toUInt32(intDiv(timestamp - ${bucketsStart(query)}, ${query.bucketMs * 1000}))`;
}

function partCondition(part: SpanPart, side: 'inside' | 'outside'): string {
  const conditions = [
    ...(part.fromTimestamp === undefined ? [] : [`timestamp >= ${part.fromTimestamp}`]),
    ...(part.toTimestamp === undefined ? [] : [`timestamp <= ${part.toTimestamp}`]),
    ...(part.fromDuration === undefined ? [] : [`duration >= ${part.fromDuration}`]),
    ...(part.toDuration === undefined ? [] : [`duration <= ${part.toDuration}`]),
    ...(part.error === undefined ? [] : [FAILED]),
  ];
  const inside = conditions.length === 0 ? '1' : conditions.join(' AND ');
  return side === 'inside' ? inside : `NOT (${inside})`;
}

function scopeConditions({ scope }: SpanCriteria): readonly string[] {
  switch (scope) {
    case 'all':
      return [];
    case 'entries':
      return [`(bitAnd(flags, ${KIND_MASK}) IN (${kindBits('SERVER')}, ${kindBits('CONSUMER')}) OR (${ROOT}))`];
    case 'roots':
      return [ROOT];
    default:
      return scope satisfies never;
  }
}

function criteria(
  query: SpanCriteria,
  more: readonly string[] = [],
): { readonly conditions: readonly string[]; readonly bindings: Bindings } {
  const bindings = new Bindings();
  const { early, exact } = spanConditions({ ...query, limit: 1 }, bindings);
  const { fromMicros, toMicros } = windowOf(query);
  const prewhere = [
    `bucket BETWEEN ${bucketOf(fromMicros)} AND ${bucketOf(toMicros)}`,
    `timestamp BETWEEN ${fromMicros} AND ${toMicros}`,
    ...scopeConditions(query),
    ...more,
    ...early,
  ];
  const conditions = [
    `PREWHERE ${prewhere.join('\n  AND ')}`,
    ...(exact.length === 0 ? [] : [`WHERE ${exact.join('\n  AND ')}`]),
  ].flatMap(condition => condition.split('\n'));
  return { conditions, bindings };
}
