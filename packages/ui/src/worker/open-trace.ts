import type { OpenedTrace } from '../kernel/session.ts';
import type { LoadResult } from './protocol.ts';
import type { TraceClient } from './trace-client.ts';

/** A trace of the server, or what the server said instead. */
export type OpenResult =
  | { readonly ok: true; readonly opened: OpenedTrace }
  | Extract<LoadResult, { readonly ok: false }>;

/** Loads a trace and builds it. Rejects when the worker fails or the server cannot be reached. */
export async function openTrace(client: TraceClient, url: string, rawClocks: boolean): Promise<OpenResult> {
  const result = await client.call('load', [url]);
  if (!result.ok) return result;
  // For the benches: when the last byte of the body was there (`bench/ui/trace.ts`).
  performance.mark('trace-bytes-arrived', { startTime: Math.max(0, result.arrivedAt - performance.timeOrigin) });
  return { ok: true, opened: await client.call('build', [{ rawClocks }]) };
}
