import type { QueryParameters } from '../../../api/request.ts';
import type { Box } from '../box.ts';
import { addFilter, type Filter } from '../filter.ts';
import type { Search } from '../search-url.ts';

/** The search for traces with a span in a box of the heatmap, or with an error: what is looked at joins the filters. */
export function boxedSearch(search: Search, box: Box | undefined, isErrors: boolean): Search {
  if (box === undefined) {
    return isErrors ? { ...search, filters: addFilter(search.filters, { field: 'word', value: 'error' }) } : search;
  }
  const filters: Filter[] = [];
  let shortest = box.fromDuration;
  let longest = box.toDuration;
  for (const filter of search.filters) {
    if (filter.field === 'minDuration') shortest = Math.max(shortest, filter.micros);
    else if (filter.field === 'maxDuration') longest = Math.min(longest, filter.micros);
    else filters.push(filter);
  }
  if (shortest >= 1) filters.push({ field: 'minDuration', micros: Math.floor(shortest) });
  if (Number.isFinite(longest)) {
    filters.push({ field: 'maxDuration', micros: Math.ceil(Math.max(longest, shortest, 1)) });
  }
  const startTs = Math.floor(box.fromTime / 1000);
  return {
    ...search,
    filters,
    range: { kind: 'range', startTs, endTs: Math.max(startTs + 1, Math.ceil(box.toTime / 1000)) },
  };
}

/** A part of all spans, as `/differences` takes it. */
export function partParameters(box: Box | undefined): QueryParameters {
  if (box === undefined) return { error: 'true' };
  return {
    fromTimestamp: Math.floor(box.fromTime),
    toTimestamp: Math.ceil(box.toTime),
    fromDuration: Math.floor(box.fromDuration),
    toDuration: Number.isFinite(box.toDuration) ? Math.ceil(box.toDuration) : undefined,
  };
}
