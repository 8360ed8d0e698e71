import type { Browser } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** µs */
  readonly ts: number;
  /** µs of the processor; what a task waited for one is not in it. */
  readonly tdur?: number;
  readonly args?: { readonly data?: { readonly documentLoaderURL?: string } };
}

/**
 * The longest task of a page's main thread, from its navigation to the end of `work`, ms of processor time: what it would take
 * if nobody else had the machine. Of a task by the clock, more than half can be waiting for a processor.
 *
 * @param url the end of the page's address, which tells its thread from others
 */
export async function longestTask<T>(
  browser: Browser,
  url: string,
  work: () => Promise<T>,
): Promise<{ result: T; cpu: number }> {
  const session = await browser.newBrowserCDPSession();
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'blink.user_timing'], recordMode: 'recordAsMuchAsPossible' },
  });
  const result = await work();
  const complete = new Promise(resolve => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  const start = events.find(
    ({ name, args }) => name === 'navigationStart' && args?.data?.documentLoaderURL?.endsWith(url),
  );
  if (start === undefined) throw new Error(`no navigation to ${url}`);
  const tasks = events.filter(
    ({ ph, pid, tid, name, ts }) =>
      ph === 'X' && pid === start.pid && tid === start.tid && name.endsWith('RunTask') && ts >= start.ts,
  );
  return { result, cpu: Math.max(0, ...tasks.map(({ tdur = 0 }) => tdur)) / 1000 };
}
