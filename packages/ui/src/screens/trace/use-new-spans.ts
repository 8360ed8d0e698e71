import { useEffect, useState } from 'react';
import { followEvents } from '../../api/follow-events.ts';
import { apiUrl } from '../../api/request.ts';
import { useConfig } from '../../api/use-config.ts';
import type { OpenedTrace } from '../../kernel/session.ts';
import type { TraceClient } from '../../worker/trace-client.ts';
import type { TraceOrigin } from './trace-page.tsx';

/** A trace whose last span ended longer ago than this is complete. */
const RECENT_MS = 10 * 60_000;
const FIRST_WAIT_MS = 3000;
const LONGEST_WAIT_MS = 60_000;
/** Reading a larger trace again and again, which a server does for a stream too, costs it more than the news is worth. */
const MOST_SPANS = 50_000;

/**
 * How many more spans of this trace the server has by now: told by the server where it can, else asked for, each time half as often as
 * before. Ends when the trace is not recent any more. Nothing on the screen moves until the reader says so.
 */
export function useNewSpans(client: TraceClient, opened: OpenedTrace, origin: TraceOrigin): number {
  const { capabilities } = useConfig();
  const [added, setAdded] = useState(0);
  const [refused, setRefused] = useState(false);
  const traceId = origin.type === 'server' ? origin.traceId : '';
  const url = origin.type === 'server' ? origin.url : '';
  const streams = capabilities.has('stream') && !refused;
  useEffect(() => {
    setAdded(0);
    const { trace } = opened;
    const recentMs = (trace.startedAt + trace.traceDuration) / 1000 + RECENT_MS - Date.now();
    if (url === '' || recentMs < 0 || trace.count > MOST_SPANS) return;
    const tell = (more: number): void => setAdded(Math.max(0, more));
    const stop = streams
      ? followTrace(
          traceId,
          count => tell(count - trace.reported),
          () => setRefused(true),
        )
      : askAgain(client, url, tell);
    const timer = setTimeout(stop, recentMs);
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [client, opened, traceId, url, streams]);
  return added;
}

/** @param tell how many spans were reported so far */
function followTrace(traceId: string, tell: (count: number) => void, onRefused: () => void): () => void {
  const { href } = apiUrl(`api/tracekin/v1/trace/${encodeURIComponent(traceId)}/stream`);
  return followEvents(href, 'trace', {
    onData: data => tell((data as { reportedSpanCount: number }).reportedSpanCount),
    onRefused,
  });
}

function askAgain(client: TraceClient, url: string, tell: (more: number) => void): () => void {
  let live = true;
  let wait = FIRST_WAIT_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = async (): Promise<void> => {
    if (!document.hidden) {
      const { added } = await client.call('refresh', [url]).catch(() => ({ added: 0 }));
      if (!live) return;
      tell(added);
    }
    wait = Math.min(LONGEST_WAIT_MS, wait * 2);
    timer = setTimeout(ask, wait);
  };
  timer = setTimeout(ask, wait);
  return () => {
    live = false;
    clearTimeout(timer);
  };
}
