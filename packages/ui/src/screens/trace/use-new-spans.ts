import { useEffect, useState } from 'react';
import type { OpenedTrace } from '../../kernel/session.ts';
import type { TraceClient } from '../../worker/trace-client.ts';
import type { TraceOrigin } from './trace-page.tsx';

/** A trace whose last span ended longer ago than this is complete. */
const RECENT_MS = 10 * 60_000;
const FIRST_WAIT_MS = 3000;
const LONGEST_WAIT_MS = 60_000;
/** Reading a larger trace again and again costs the server more than the news is worth. */
const MOST_SPANS = 50_000;

/**
 * How many more spans of this trace the server has by now. Asks again while the trace is recent and the page is visible, each
 * time half as often as before. Nothing on the screen moves until the reader says so.
 */
export function useNewSpans(client: TraceClient, opened: OpenedTrace, origin: TraceOrigin): number {
  const [added, setAdded] = useState(0);
  const url = origin.type === 'server' ? origin.url : '';
  useEffect(() => {
    setAdded(0);
    const { trace } = opened;
    const endedAt = (trace.startedAt + trace.traceDuration) / 1000;
    if (url === '' || trace.count > MOST_SPANS || Date.now() - endedAt > RECENT_MS) return;
    let live = true;
    let wait = FIRST_WAIT_MS;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      if (!document.hidden) {
        const { added: more } = await client.call('refresh', [url]).catch(() => ({ added: 0 }));
        if (!live) return;
        setAdded(more);
      }
      wait = Math.min(LONGEST_WAIT_MS, wait * 2);
      if (Date.now() - endedAt < RECENT_MS) timer = setTimeout(ask, wait);
    };
    timer = setTimeout(ask, wait);
    return () => {
      live = false;
      clearTimeout(timer);
    };
  }, [client, opened, url]);
  return added;
}
