import type { TraceSummary } from '@tracekin/model';
import { useEffect, useState } from 'react';
import { followEvents } from '../../api/follow-events.ts';
import { apiUrl } from '../../api/request.ts';
import { apiParameters } from './api-parameters.ts';
import type { Filter } from './filter.ts';

export interface TraceStream {
  /** False: there is none, or the server refused it (too many follow already). Asking has to do. */
  readonly works: boolean;
  readonly newest: readonly TraceSummary[];
}

/** Traces that were told and not yet forgotten. */
const MOST_KEPT = 500;
const NONE: readonly TraceSummary[] = [];

/** Follows a search by server-sent events while `wanted` and the tab is visible. */
export function useTraceStream(filters: readonly Filter[], lookback: number, wanted: boolean): TraceStream {
  const { endTs: _, limit: __, ...criteria } = apiParameters(filters, { startTs: 0, endTs: lookback }, 1);
  const url = apiUrl('api/tracekin/v1/stream', criteria).href;
  const [refused, setRefused] = useState<string>();
  const [told, setTold] = useState<{ readonly url: string; readonly traces: readonly TraceSummary[] }>();
  const isOpen = wanted && refused !== url;
  useEffect(() => {
    if (!isOpen) return;
    return followEvents(url, 'traces', {
      onData: data => {
        const { traces } = data as { traces: TraceSummary[] };
        setTold(before => ({ url, traces: newestFirst(before?.url === url ? before.traces : NONE, traces) }));
      },
      onRefused: () => setRefused(url),
    });
  }, [url, isOpen]);
  return { works: isOpen, newest: told?.url === url ? told.traces : NONE };
}

function newestFirst(known: readonly TraceSummary[], told: readonly TraceSummary[]): TraceSummary[] {
  const traces = new Map([...told, ...known].map(trace => [trace.traceId, trace]));
  for (const trace of told) traces.set(trace.traceId, trace);
  return [...traces.values()].slice(0, MOST_KEPT);
}
