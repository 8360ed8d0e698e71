import { TracekinError } from '@tracekin/model';
import {
  bucketsStart,
  SPAN_GROUPINGS,
  SPAN_SCOPES,
  type SpanCountQuery,
  type SpanGrouping,
  type SpanPart,
} from '@tracekin/storage';
import { intParameter, longParameter, type QueryString, textParameter } from '../parameters.ts';
import type { QuerySettings } from '../query-settings.ts';
import { searchRequest } from '../search-request.ts';

const DEFAULT_BUCKETS = 60;
export const MAX_BUCKETS = 500;
export const DEFAULT_GROUPS = 100;
export const MAX_GROUPS = 1000;

export interface AnalysisRequest extends SpanCountQuery {
  readonly buckets: number;
  /** Milliseconds since the epoch; where bucket 0 begins. */
  readonly startTs: number;
}

/**
 * Criteria and window of a search, with a scope and the number of buckets that divide the window.
 *
 * @throws TracekinError `invalid-argument`
 */
export function analysisRequest(query: QueryString, settings: QuerySettings, now: number): AnalysisRequest {
  const { limit: _, ...criteria } = searchRequest({ ...query, limit: undefined }, settings, now);
  const buckets = inRange('buckets', intParameter(query, 'buckets'), DEFAULT_BUCKETS, MAX_BUCKETS);
  const startTs = bucketsStart(criteria) / 1000;
  return {
    ...criteria,
    scope: oneOf('scope', SPAN_SCOPES, textParameter(query, 'scope')) ?? 'all',
    buckets,
    startTs,
    // Both ends belong to the window.
    bucketMs: Math.ceil((criteria.endTs - startTs + 1) / buckets),
  };
}

export function groupingRequest(query: QueryString): { readonly by: SpanGrouping; readonly atMost: number } {
  return {
    by: oneOf('by', SPAN_GROUPINGS, textParameter(query, 'by')) ?? 'service',
    atMost: inRange('groups', intParameter(query, 'groups'), DEFAULT_GROUPS, MAX_GROUPS),
  };
}

/** @throws TracekinError `invalid-argument`, also for a part that is everything */
export function partRequest(query: QueryString): SpanPart {
  const part = {
    fromTimestamp: longParameter(query, 'fromTimestamp'),
    toTimestamp: longParameter(query, 'toTimestamp'),
    fromDuration: longParameter(query, 'fromDuration'),
    toDuration: longParameter(query, 'toDuration'),
    error:
      oneOf('error', ['true', 'false'] as const, textParameter(query, 'error')) === 'true'
        ? (true as const)
        : undefined,
  };
  for (const [name, value] of Object.entries(part)) {
    if (typeof value === 'number' && value < 0) throw new TracekinError('invalid-argument', `${name} < 0`);
  }
  if (Object.values(part).every(value => value === undefined)) {
    throw new TracekinError(
      'invalid-argument',
      'a part is missing: fromTimestamp, toTimestamp, fromDuration, toDuration or error=true',
    );
  }
  return part;
}

/** Comma-separated; undefined when absent or empty. */
export function listParameter(query: QueryString, name: string, most: number): readonly string[] | undefined {
  const items = (textParameter(query, name) ?? '').split(',').filter(item => item !== '');
  if (items.length > most) throw new TracekinError('invalid-argument', `${name} has more than ${most} items`);
  return items.length === 0 ? undefined : [...new Set(items)];
}

function inRange(name: string, value: number | undefined, standard: number, most: number): number {
  if (value === undefined) return standard;
  if (value <= 0) throw new TracekinError('invalid-argument', `${name} <= 0`);
  if (value > most) throw new TracekinError('invalid-argument', `${name} > ${most}`);
  return value;
}

function oneOf<T extends string>(name: string, values: readonly T[], text: string | undefined): T | undefined {
  if (text === undefined || text === '') return undefined;
  const found = values.find(value => value === text);
  if (found !== undefined) return found;
  throw new TracekinError(
    'invalid-argument',
    `${name} should be one of ${values.join(', ')}: was "${text.slice(0, 40)}"`,
  );
}
