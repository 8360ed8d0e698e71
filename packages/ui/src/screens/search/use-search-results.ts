import { type InfiniteData, useInfiniteQuery } from '@tanstack/react-query';
import type { TraceSummary } from '@tracekin/model';
import { useCallback, useMemo, useState } from 'react';
import type { UiConfig } from '../../api/config.ts';
import { fetchSummaries } from '../../api/summaries.ts';
import { cameBack } from '../../app/last-navigation.ts';
import { apiParameters } from './api-parameters.ts';
import type { Search } from './search-url.ts';
import { resolveRange, type TimeWindow } from './time-range.ts';

export interface SearchResults {
  readonly traces: readonly TraceSummary[];
  /** What was searched, in milliseconds since the epoch. */
  readonly window: TimeWindow;
  /** How long the newest answer took, in milliseconds, as seen by the browser. */
  readonly tookMs: number;
  readonly error: Error | null;
  readonly isLoading: boolean;
  readonly isLoadingOlder: boolean;
  /** False when the last page brought fewer traces than asked for. */
  readonly hasOlder: boolean;
  readonly loadOlder: () => void;
  /** Asks again, with a window that ends now unless the address fixes it. */
  readonly run: () => void;
}

interface Page {
  readonly traces: readonly TraceSummary[];
  readonly tookMs: number;
}

/** When each search last ran: going back to a list shows it as it was, with no request; following a link asks again. */
const lastRuns = new Map<string, number>();
const KEEP_MS = 600_000;

/** Runs the search of the address and keeps its pages. */
export function useSearchResults(search: Search, config: UiConfig, tagKeys: readonly string[]): SearchResults {
  const key = JSON.stringify(search);
  const [, rerender] = useState(0);
  const ranAt = useMemo(() => lastRun(key), [key]);
  const now = lastRuns.get(key) ?? ranAt;
  const window = resolveRange(search.range, now);

  const query = useInfiniteQuery<Page, Error, InfiniteData<Page, number>, readonly unknown[], number>({
    queryKey: ['search', key, now, tagKeys],
    queryFn: async ({ pageParam, signal }) => {
      const began = performance.now();
      const parameters = apiParameters(search.filters, { startTs: window.startTs, endTs: pageParam }, search.limit);
      const traces = await fetchSummaries(config, parameters, signal, tagKeys);
      return { traces, tookMs: performance.now() - began };
    },
    initialPageParam: window.endTs,
    getNextPageParam: (last, pages, lastEnd) => nextEnd(last, pages, lastEnd, search.limit, window.startTs),
    enabled: config.searchEnabled,
    // Another column must not empty the table.
    placeholderData: (before, query) => (query?.queryKey[1] === key && query.queryKey[2] === now ? before : undefined),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: KEEP_MS,
  });

  const run = useCallback(() => {
    lastRuns.set(key, Date.now());
    rerender(count => count + 1);
  }, [key]);
  const traces = useMemo(() => distinct(query.data?.pages ?? []), [query.data]);

  return {
    traces,
    window,
    tookMs: query.data?.pages.at(-1)?.tookMs ?? 0,
    error: query.error,
    isLoading: query.isLoading,
    isLoadingOlder: query.isFetchingNextPage,
    hasOlder: query.hasNextPage,
    loadOlder: () => void query.fetchNextPage(),
    run,
  };
}

function lastRun(key: string): number {
  const now = Date.now();
  for (const [other, at] of lastRuns) if (now - at > KEEP_MS) lastRuns.delete(other);
  const before = lastRuns.get(key);
  if (before !== undefined && cameBack()) return before;
  lastRuns.set(key, now);
  return now;
}

/**
 * Where the next page ends: at the oldest trace so far, whose millisecond may hold more of them. When a page brought
 * nothing else, one millisecond before.
 */
function nextEnd(
  last: Page,
  pages: readonly Page[],
  lastEnd: number,
  limit: number,
  startTs: number,
): number | undefined {
  if (last.traces.length < limit) return undefined;
  const oldest = Math.min(
    ...distinct(pages).map(({ timestamp }) => Math.floor((timestamp ?? Number.POSITIVE_INFINITY) / 1000)),
  );
  if (!Number.isFinite(oldest)) return undefined;
  const end = oldest < lastEnd ? oldest : lastEnd - 1;
  return end > startTs ? end : undefined;
}

/** Pages overlap by a millisecond, and a trace that is still growing may be on two: the first occurrence counts. */
function distinct(pages: readonly Page[]): TraceSummary[] {
  const byId = new Map<string, TraceSummary>();
  for (const { traces } of pages)
    for (const trace of traces) if (!byId.has(trace.traceId)) byId.set(trace.traceId, trace);
  return [...byId.values()];
}
