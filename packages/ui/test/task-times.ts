import type { Browser } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** µs of the processor; what a task waited for one is not in it. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/**
 * The longest task of the busiest page while `work` runs, ms of processor time: what it would take if nobody else had the
 * machine. Of a task by the clock, more than half can be waiting for a processor.
 */
export async function longestTask<T>(browser: Browser, work: () => Promise<T>): Promise<{ result: T; cpu: number }> {
  const session = await browser.newBrowserCDPSession();
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel'], recordMode: 'recordAsMuchAsPossible' },
  });
  const result = await work();
  const complete = new Promise(resolve => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  const longest = new Map<string, number>();
  const total = new Map<string, number>();
  for (const { ph, pid, tid, name, tdur = 0 } of events) {
    if (ph !== 'X' || !name.endsWith('RunTask')) continue;
    const thread = `${pid}/${tid}`;
    longest.set(thread, Math.max(longest.get(thread) ?? 0, tdur));
    total.set(thread, (total.get(thread) ?? 0) + tdur);
  }
  const mains = events
    .filter(event => event.name === 'thread_name' && event.args?.name === 'CrRendererMain')
    .map(({ pid, tid }) => `${pid}/${tid}`)
    .sort((a, b) => (total.get(b) ?? 0) - (total.get(a) ?? 0));
  return { result, cpu: (longest.get(mains[0] ?? '') ?? 0) / 1000 };
}
