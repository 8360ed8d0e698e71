import type { SearchParams } from '../../app/search-params.ts';
import type { SearchPatch } from '../../app/use-search-params.ts';
import { formatZipkinDuration, parseDurationText } from './duration-value.ts';
import type { Filter } from './filter.ts';
import { LOOKBACKS, type LookbackName, lookbackName, type TimeRange } from './time-range.ts';

/** A search as its address has it. */
export interface Search {
  readonly filters: readonly Filter[];
  readonly range: TimeRange;
  /** How many traces at most. */
  readonly limit: number;
}

export interface SearchDefaults {
  /** Milliseconds. */
  readonly defaultLookback: number;
  readonly queryLimit: number;
}

/** The server counts in 32 bits. */
const MOST_TRACES = 2 ** 31 - 1;

/**
 * Reads every address that Zipkin Lens and its predecessor write (ui.md 1.2): `=all` is no filter, `lookback` is a preset,
 * `range`, `millis` or, in old links, milliseconds. What cannot be read is left out.
 */
export function readSearch(params: SearchParams, defaults: SearchDefaults): Search {
  const filters: Filter[] = [];
  for (const field of ['serviceName', 'spanName', 'remoteServiceName'] as const) {
    const value = params[field]?.trim().toLowerCase();
    if (value !== undefined && value !== '' && value !== 'all') filters.push({ field, value });
  }
  for (const field of ['minDuration', 'maxDuration'] as const) {
    const micros = parseDurationText(params[field] ?? '');
    if (micros !== undefined) filters.push({ field, micros });
  }
  filters.push(...readAnnotationQuery(params['annotationQuery'] ?? ''));
  return {
    filters,
    range: readRange(params, defaults.defaultLookback),
    limit: Math.min(wholeNumber(params['limit']) ?? defaults.queryLimit, MOST_TRACES),
  };
}

/** `a=b and c`: a tag and a word. */
function readAnnotationQuery(query: string): Filter[] {
  return query
    .split(' and ')
    .map(term => term.trim())
    .filter(term => term !== '')
    .map((term): Filter => {
      const equals = term.indexOf('=');
      return equals < 1
        ? { field: 'word', value: term }
        : { field: 'tag', key: term.slice(0, equals), value: term.slice(equals + 1) };
    });
}

function readRange(params: SearchParams, defaultLookback: number): TimeRange {
  const { lookback } = params;
  const startTs = wholeNumber(params['startTs']);
  const endTs = wholeNumber(params['endTs']);
  const until = endTs === undefined ? {} : { endTs };
  if (
    (lookback === 'range' || lookback === 'custom') &&
    startTs !== undefined &&
    endTs !== undefined &&
    startTs < endTs
  ) {
    return { kind: 'range', startTs, endTs };
  }
  const millis = lookback === 'millis' ? wholeNumber(params['millis']) : wholeNumber(lookback);
  if (millis !== undefined) return { kind: 'last', lookback: millis, ...until };
  const preset =
    lookback !== undefined && Object.hasOwn(LOOKBACKS, lookback) ? LOOKBACKS[lookback as LookbackName] : undefined;
  return { kind: 'last', lookback: preset ?? defaultLookback, ...until };
}

/** Digits above 0, small enough to be exact. */
function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

/** Parameters that say `filters`, in Lens' words; all others of their kind are taken away. */
export function filterParams(filters: readonly Filter[]): SearchPatch {
  const params: Record<string, string | undefined> = {
    serviceName: undefined,
    spanName: undefined,
    remoteServiceName: undefined,
    minDuration: undefined,
    maxDuration: undefined,
    annotationQuery: annotationQuery(filters),
  };
  for (const filter of filters) {
    if ('micros' in filter) params[filter.field] = formatZipkinDuration(filter.micros);
    else if (filter.field !== 'tag' && filter.field !== 'word') params[filter.field] = filter.value;
  }
  return params;
}

/** Tags and words as Zipkin's annotationQuery; undefined when there are none. */
export function annotationQuery(filters: readonly Filter[]): string | undefined {
  const terms = filters.flatMap(filter =>
    filter.field === 'tag' ? [`${filter.key}=${filter.value}`] : filter.field === 'word' ? [filter.value] : [],
  );
  return terms.length === 0 ? undefined : terms.join(' and ');
}

/** Parameters that say `range`. */
export function rangeParams(range: TimeRange): SearchPatch {
  if (range.kind === 'range') {
    return { lookback: 'range', startTs: String(range.startTs), endTs: String(range.endTs), millis: undefined };
  }
  const preset = lookbackName(range.lookback);
  return {
    lookback: preset ?? 'millis',
    millis: preset === undefined ? String(range.lookback) : undefined,
    startTs: undefined,
    endTs: range.endTs === undefined ? undefined : String(range.endTs),
  };
}
