import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findTimes, frameTimes, pageMemory, type Watched, watch } from '../../packages/ui/test/page-functions.ts';
import type { ServedUi } from './served-uis.ts';

const FRAMES = 120;
/** What does not happen in this time does not happen. */
export const PATIENCE_MS: number = Number(process.env['PATIENCE_MS'] ?? 120_000);

/** Times in ms; undefined where the UI cannot, or did not within PATIENCE_MS. */
export interface Measured {
  /** Scripts and style sheets that the page asked for, gzipped at level 9, KB of 1000 bytes. */
  readonly codeKb: number;
  /** From navigation. */
  readonly firstRow: number | undefined;
  /** From the last byte of the trace; only our page marks it. */
  readonly fromBytes: number | undefined;
  /** Of the main thread until the page is at rest; 0 when none reached 50. */
  readonly longestTask: number | undefined;
  readonly scroll: readonly number[] | undefined;
  readonly zoom: readonly number[] | undefined;
  readonly find: readonly number[] | undefined;
  readonly memoryMb: number | undefined;
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--enable-blink-features=ForceEagerMeasureMemory',
    ],
  });
}

/** One UI with one trace in a browser of its own, which a page that hangs does not survive. */
export async function measure(ui: ServedUi, traceId: string): Promise<Measured> {
  const browser = await launch();
  try {
    return await measureIn(browser, ui, traceId);
  } finally {
    await within(browser.close(), 5000);
  }
}

async function measureIn(browser: Browser, ui: ServedUi, traceId: string): Promise<Measured> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(watch, ui.row);
  const code = new Map<string, Promise<number>>();
  page.on('response', response => {
    if (/\.(js|css)$/.test(new URL(response.url()).pathname))
      code.set(
        response.url(),
        response.body().then(
          body => gzipSync(body, { level: 9 }).length,
          () => 0,
        ),
      );
  });
  await page.goto(ui.address(traceId), { waitUntil: 'commit' });
  const opened = await within(
    page.waitForFunction(() => (globalThis as unknown as Watched).firstRowAt > 0, undefined, {
      timeout: PATIENCE_MS,
      polling: 50,
    }),
    PATIENCE_MS,
  );
  const codeKb = (await Promise.all(code.values())).reduce((sum, bytes) => sum + bytes, 0) / 1000;
  const nothing = { fromBytes: undefined, longestTask: undefined, scroll: undefined, zoom: undefined };
  if (opened === undefined) return { codeKb, firstRow: undefined, ...nothing, find: undefined, memoryMb: undefined };
  await page.waitForTimeout(1500);
  const opening = await within(
    page.evaluate(() => {
      const { firstRowAt, longTasks } = globalThis as unknown as Watched;
      const arrived = performance.getEntriesByName('trace-bytes-arrived')[0]?.startTime ?? 0;
      return { firstRowAt, arrived, longest: Math.max(0, ...longTasks.map(([, ms]) => ms)) };
    }),
    PATIENCE_MS,
  );
  const scroll = await within(page.evaluate(frameTimes, ['scroll', ui.scroller, FRAMES] as const), PATIENCE_MS);
  // A page that cannot scroll is not asked for more.
  const live = scroll !== undefined;
  const zoom =
    live && ui.zooms
      ? await within(page.evaluate(frameTimes, ['zoom', ui.scroller, FRAMES] as const), PATIENCE_MS)
      : undefined;
  const find =
    live && ui.find !== undefined
      ? await within(page.evaluate(findTimes, [ui.find.input, ui.find.result] as const), PATIENCE_MS)
      : undefined;
  const memory = live ? await within(heap(page), PATIENCE_MS) : undefined;
  return {
    codeKb,
    firstRow: opening?.firstRowAt,
    fromBytes: opening !== undefined && opening.arrived > 0 ? opening.firstRowAt - opening.arrived : undefined,
    longestTask: opening?.longest,
    scroll,
    zoom,
    find,
    memoryMb: memory === undefined ? undefined : memory / 1e6,
  };
}

/** A page without cross-origin isolation tells only the heap of its main thread, which is all that Lens has. */
async function heap(page: Page): Promise<number> {
  const bytes = await page.evaluate(pageMemory).catch(() => 0);
  if (bytes > 0) return bytes;
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  return ((await session.send('Runtime.getHeapUsage')) as { usedSize: number }).usedSize;
}

/** Frames of a page that is empty and scrolls: what the machine can do at all, in the same run. */
export async function measureEmptyPage(): Promise<readonly number[]> {
  const browser = await launch();
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.setContent(
      '<body style="margin:0"><div id="box" style="position:absolute;inset:200px 0 0;overflow:auto"><div style="height:2200000px">',
    );
    await page.waitForTimeout(500);
    return await page.evaluate(frameTimes, ['scroll', '#box', FRAMES] as const);
  } finally {
    await browser.close();
  }
}

/** The value, or undefined when it fails or takes longer. */
async function within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([work.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}
