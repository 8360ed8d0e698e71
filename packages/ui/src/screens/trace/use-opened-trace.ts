import { startTransition, useCallback, useEffect, useRef, useState } from 'react';
import { traceUrl } from '../../api/trace-url.ts';
import type { OpenedTrace } from '../../kernel/session.ts';
import { takeEarlyTrace } from '../../worker/early-trace.ts';
import { openTrace } from '../../worker/open-trace.ts';
import { TraceClient } from '../../worker/trace-client.ts';

export type TraceLoad =
  | { readonly phase: 'loading'; readonly bytes: number; readonly spans: number }
  | { readonly phase: 'missing' }
  | { readonly phase: 'failed'; readonly status: number; readonly body: string }
  | { readonly phase: 'ready'; readonly client: TraceClient; readonly opened: OpenedTrace };

/** Loads a trace from the server into a worker of its own, which ends with the screen. */
export function useServerTrace(
  traceId: string,
  rawClocks: boolean,
): { load: TraceLoad; reload: () => void; rebuild: () => void } {
  const [load, setLoad] = useState<TraceLoad>({ phase: 'loading', bytes: 0, spans: 0 });
  const [attempt, setAttempt] = useState(0);
  const clientRef = useRef<TraceClient | undefined>(undefined);
  const rawRef = useRef(rawClocks);
  rawRef.current = rawClocks;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` is what makes it load again
  useEffect(() => {
    const url = traceUrl(traceId);
    const early = takeEarlyTrace(url, rawRef.current);
    const client = early?.client ?? new TraceClient();
    clientRef.current = client;
    let live = true;
    const show = (next: TraceLoad): void => {
      if (live) setLoad(next);
    };
    show({ phase: 'loading', bytes: 0, spans: 0 });
    client.onProgress = (bytes, spans) => show({ phase: 'loading', bytes, spans });
    const run = async (): Promise<void> => {
      const result = await (early?.result ?? openTrace(client, url, rawRef.current));
      if (!result.ok) {
        show(
          result.status === 404 ? { phase: 'missing' } : { phase: 'failed', status: result.status, body: result.body },
        );
        return;
      }
      const { opened } = result;
      if (opened.trace.count === 0 && opened.trace.problems.listed.length === 0) show({ phase: 'missing' });
      // As a transition, which React renders in slices: the whole page at once would be a long task.
      else startTransition(() => show({ phase: 'ready', client, opened }));
    };
    run().catch((error: unknown) => show({ phase: 'failed', status: 0, body: String(error) }));
    return () => {
      live = false;
      client.close();
    };
  }, [traceId, attempt]);

  const rebuild = useCallback(() => {
    const client = clientRef.current;
    if (client === undefined) return;
    void client.call('build', [{ rawClocks: rawRef.current }]).then(opened => {
      if (clientRef.current === client) setLoad({ phase: 'ready', client, opened });
    });
  }, []);

  const first = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: builds again when the clocks to use change
  useEffect(() => {
    if (first.current) first.current = false;
    else rebuild();
  }, [rawClocks, rebuild]);

  return { load, reload: () => setAttempt(attempt + 1), rebuild };
}
