import type { QueryParameters } from '../../api/request.ts';
import type { Filter } from './filter.ts';
import { annotationQuery } from './search-url.ts';
import type { TimeWindow } from './time-range.ts';

/** Parameters of `/api/v2/traces` and of the summaries for the same search. Durations are microseconds there. */
export function apiParameters(filters: readonly Filter[], window: TimeWindow, limit: number): QueryParameters {
  const parameters: Record<string, string | number | undefined> = {};
  for (const filter of filters) {
    if ('micros' in filter) parameters[filter.field] = filter.micros;
    else if (filter.field !== 'tag' && filter.field !== 'word') parameters[filter.field] = filter.value;
  }
  // Zipkin refuses a longest duration without a shortest.
  if (parameters['maxDuration'] !== undefined) parameters['minDuration'] ??= 1;
  return {
    ...parameters,
    annotationQuery: annotationQuery(filters),
    endTs: window.endTs,
    lookback: Math.max(1, window.endTs - window.startTs),
    limit,
  };
}
