import { basePath } from '../api/base-url.ts';
import { traceUrl } from '../api/trace-url.ts';
import { getSettings } from '../settings/settings-store.ts';
import { type OpenResult, openTrace } from './open-trace.ts';
import { TraceClient } from './trace-client.ts';

/** A trace that was asked for before there was a screen to show it. */
export interface EarlyTrace {
  readonly client: TraceClient;
  readonly url: string;
  readonly rawClocks: boolean;
  readonly result: Promise<OpenResult>;
}

let early: EarlyTrace | undefined;

/** Asks for the trace that the page's address names, if it names one: its bytes come while the application starts. */
export function startEarlyTrace({ pathname, search }: Pick<Location, 'pathname' | 'search'>): void {
  const [, id] = /^\/?traces\/([^/]+)\/?$/.exec(pathname.slice(basePath().replace(/\/$/, '').length)) ?? [];
  if (id === undefined) return;
  const url = traceUrl(decodeURIComponent(id));
  const rawClocks = new URLSearchParams(search).get('skew') === 'raw';
  const client = new TraceClient();
  const result = openTrace(client, url, rawClocks);
  // Whoever takes it hears of a failure; until then nobody listens.
  result.catch(() => undefined);
  // Browsers share among the threads of a process what the first formatter loads: of 30 ms, half a ms is left for the main thread.
  // The worker has the time, since it waits for the body.
  const { locale, timeZone } = getSettings();
  client.call('prepareFormats', [locale, timeZone]).catch(() => undefined);
  early = { client, url, rawClocks, result };
}

/** Hands the early trace over, once, to the screen that shows it; ends its worker when it is another one. */
export function takeEarlyTrace(url: string, rawClocks: boolean): EarlyTrace | undefined {
  const taken = early;
  early = undefined;
  if (taken?.url === url && taken.rawClocks === rawClocks) return taken;
  taken?.client.close();
  return undefined;
}
