import { useQuery } from '@tanstack/react-query';
import type { TraceSummary } from '@tracekin/model';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { UiConfig } from '../../api/config.ts';
import { fetchSummaries } from '../../api/summaries.ts';
import { apiParameters } from './api-parameters.ts';
import type { Search } from './search-url.ts';
import { useTraceStream } from './use-trace-stream.ts';

export interface LiveTraces {
  /** Loaded traces in their newest state, with the new ones that have been let in. */
  readonly traces: readonly TraceSummary[];
  /** New ones that wait because the reader is at the list. */
  readonly waiting: number;
  readonly letIn: () => void;
}

const POLL_MS = 2000;

/**
 * New traces while `live`: told by the server where it can, else asked for every two seconds. They join the list at once unless `held`: rows must not move under a pointer or focus,
 * so then they wait. Traces that have grown are updated in place. Nothing is asked while the tab is hidden.
 */
export function useLiveTraces(
  loaded: readonly TraceSummary[],
  search: Search,
  config: UiConfig,
  live: boolean,
  held: boolean,
): LiveTraces {
  const key = JSON.stringify(search.filters);
  const lookback = search.range.kind === 'last' ? search.range.lookback : 900_000;
  const stream = useTraceStream(search.filters, lookback, live && config.capabilities.has('stream'));
  const { data: polled } = useQuery({
    queryKey: ['live', key, search.limit],
    queryFn: ({ signal }) => {
      // Clocks of services run ahead at times.
      const endTs = Date.now() + 1000;
      return fetchSummaries(
        config,
        apiParameters(search.filters, { startTs: endTs - lookback, endTs }, search.limit),
        signal,
      );
    },
    enabled: live && !stream.works,
    refetchInterval: POLL_MS,
    refetchIntervalInBackground: false,
    gcTime: 0,
    staleTime: 0,
  });
  const newest = stream.works ? stream.newest : polled;

  // New ones that were let in. They stay, even when a later poll no longer brings them.
  const [joined, setJoined] = useState<ReadonlyMap<string, TraceSummary>>(new Map());
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows belong to one search
  useEffect(() => setJoined(new Map()), [key]);

  const { traces, waiting } = useMemo(() => {
    const rows = new Map([...joined, ...loaded.map(trace => [trace.traceId, trace] as const)]);
    const waiting: TraceSummary[] = [];
    for (const trace of live ? (newest ?? []) : []) {
      if (rows.has(trace.traceId)) rows.set(trace.traceId, trace);
      else waiting.push(trace);
    }
    return { traces: [...rows.values()], waiting };
  }, [joined, loaded, newest, live]);

  const letIn = useCallback(
    () => setJoined(rows => new Map([...rows, ...waiting.map(trace => [trace.traceId, trace] as const)])),
    [waiting],
  );
  useEffect(() => {
    if (!held && waiting.length > 0) letIn();
  }, [held, waiting, letIn]);

  return { traces, waiting: waiting.length, letIn };
}
