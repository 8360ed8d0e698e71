import { type EpochMillis, lowerCase, TracekinError } from '@tracekin/model';
import type { DependencyQuery } from './storage.ts';
import type { TraceQuery } from './trace-query.ts';

/** What applies where a query says nothing, and the most that it may ask for. */
export interface TraceQueryDefaults {
  readonly now: EpochMillis;
  /** Milliseconds. */
  readonly lookback: number;
  readonly limit: number;
  readonly maxLimit: number;
}

/** Decoded parameters of a query string, by name. */
export type QueryParams = Readonly<Record<string, string | undefined>>;

/**
 * The query that `/api/v2/traces` parameters ask for, by Zipkin's rules (zipkin.md 1.2): names in lower case, an empty name
 * and the span name `all` mean any. Unknown parameters are ignored.
 *
 * Throws `invalid-argument`, with Zipkin's texts where it has one: `endTs <= 0`, `limit <= 0`, `lookback <= 0`,
 * `minDuration <= 0`, `maxDuration < minDuration`, `maxDuration is only valid with minDuration`; also for a number that is
 * none and for `limit > N`: a limit above the maximum is refused, because cutting it silently would look like "no more traces".
 */
export function parseTraceQuery(params: QueryParams, defaults: TraceQueryDefaults): TraceQuery {
  const endTs = parseInteger('endTs', params.endTs) ?? defaults.now;
  const limit = parseInteger('limit', params.limit) ?? defaults.limit;
  const lookback = parseInteger('lookback', params.lookback) ?? defaults.lookback;
  const minDuration = parseInteger('minDuration', params.minDuration);
  const maxDuration = parseInteger('maxDuration', params.maxDuration);
  refuseIf(endTs <= 0, 'endTs <= 0');
  refuseIf(limit <= 0, 'limit <= 0');
  refuseIf(limit > defaults.maxLimit, `limit > ${defaults.maxLimit}`);
  refuseIf(lookback <= 0, 'lookback <= 0');
  if (minDuration !== undefined) {
    refuseIf(minDuration <= 0, 'minDuration <= 0');
    refuseIf(maxDuration !== undefined && maxDuration < minDuration, 'maxDuration < minDuration');
  } else {
    refuseIf(maxDuration !== undefined, 'maxDuration is only valid with minDuration');
  }
  const serviceName = parseName(params.serviceName);
  const spanName = parseName(params.spanName);
  const remoteServiceName = parseName(params.remoteServiceName);
  return {
    ...(serviceName !== undefined && { serviceName }),
    ...(spanName !== undefined && spanName !== 'all' && { spanName }),
    ...(remoteServiceName !== undefined && { remoteServiceName }),
    ...parseAnnotationQuery(params.annotationQuery ?? ''),
    ...(minDuration !== undefined && { minDuration }),
    ...(maxDuration !== undefined && { maxDuration }),
    endTs,
    lookback,
    limit,
  };
}

/**
 * The window that `/api/v2/dependencies` parameters ask for. `endTs` is required. Throws `invalid-argument` as
 * `parseTraceQuery` does.
 */
export function parseDependencyQuery(params: QueryParams, defaults: { readonly lookback: number }): DependencyQuery {
  const endTs = parseInteger('endTs', params.endTs);
  if (endTs === undefined) {
    throw new TracekinError('invalid-argument', 'Mandatory parameter/header is missing: endTs');
  }
  const lookback = parseInteger('lookback', params.lookback) ?? defaults.lookback;
  refuseIf(endTs <= 0, 'endTs <= 0');
  refuseIf(lookback <= 0, 'lookback <= 0');
  return { endTs, lookback };
}

/** Zipkin splits an annotationQuery into this many parts at most; what is left stays in the last one. */
const MAX_PARTS = 100;

/**
 * Parses the grammar of `annotationQuery`:
 *
 *     query = part *( " and " part )
 *     part  = key "=" value    ; a tag with this value; split at the first "="
 *           / key "="          ; as word
 *           / word             ; an annotation with this value, or a tag with this key
 *
 * For one key the last part with "=" counts, and a word counts only without one. Nothing is trimmed or unquoted.
 */
export function parseAnnotationQuery(annotationQuery: string): Pick<TraceQuery, 'tags' | 'annotations'> {
  if (annotationQuery === '') return { tags: [], annotations: [] };
  const values = new Map<string, string>();
  for (const part of splitParts(annotationQuery)) {
    const equals = part.indexOf('=');
    if (equals >= 0) values.set(part.slice(0, equals), part.slice(equals + 1));
    else if (!values.has(part)) values.set(part, '');
  }
  const entries = [...values];
  return {
    tags: entries.filter(([, value]) => value !== ''),
    annotations: entries.filter(([, value]) => value === '').map(([key]) => key),
  };
}

function splitParts(annotationQuery: string): string[] {
  const parts = annotationQuery.split(' and ');
  if (parts.length <= MAX_PARTS) return parts;
  return [...parts.slice(0, MAX_PARTS - 1), parts.slice(MAX_PARTS - 1).join(' and ')];
}

function parseName(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : lowerCase(text);
}

const INTEGER = /^[+-]?[0-9]{1,30}$/;

/** Beyond 2^53 the nearest safe integer stands in: as a time or a count it means the same, "all". */
function parseInteger(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  refuseIf(!INTEGER.test(text), `${name} should be an integer: was "${text.slice(0, 40)}"`);
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(text)));
}

function refuseIf(wrong: boolean, message: string): void {
  if (wrong) throw new TracekinError('invalid-argument', message);
}
