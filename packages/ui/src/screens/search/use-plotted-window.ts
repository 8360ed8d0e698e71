import type { TraceSummary } from '@tracekin/model';
import { useMemo } from 'react';
import type { TimeWindow } from './time-range.ts';
import type { SearchResults } from './use-search-results.ts';

/** Left of the oldest loaded trace nothing is known: an empty plot there would say that nothing happened. */
export function usePlottedWindow(
  traces: readonly TraceSummary[],
  { window: { startTs, endTs }, hasOlder }: SearchResults,
): TimeWindow {
  return useMemo(() => {
    const oldest = traces.reduce(
      (least, { timestamp }) => Math.min(least, (timestamp ?? Number.POSITIVE_INFINITY) / 1000),
      Number.POSITIVE_INFINITY,
    );
    return { startTs: hasOlder && Number.isFinite(oldest) ? oldest : startTs, endTs };
  }, [startTs, endTs, hasOlder, traces]);
}
