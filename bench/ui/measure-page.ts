import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page, type Response } from 'playwright-core';
import { firstRow, hasScroller, watchedPage, wheelFrames } from '../../packages/ui/test/measured-page.ts';
import { findTimes, frameTimes, pageMemory, type Watched } from '../../packages/ui/test/page-functions.ts';
import type { ServedUi } from './served-uis.ts';

const FRAMES = 240;
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
  /** Frames of a fast wheel, and of a scroll bar that is dragged from end to end. */
  readonly wheel: readonly number[] | undefined;
  readonly bar: readonly number[] | undefined;
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
  const page = await watchedPage(browser, ui.row);
  const code: Response[] = [];
  page.on('response', response => {
    if (/\.(js|css)$/.test(new URL(response.url()).pathname)) code.push(response);
  });
  await page.goto(ui.address(traceId), { waitUntil: 'commit' });
  const opened = await within(firstRow(page, PATIENCE_MS), PATIENCE_MS);
  await page.waitForTimeout(1500);
  const opening =
    opened === undefined
      ? undefined
      : await within(
          page.evaluate(() => {
            const { longTasks } = globalThis as unknown as Watched;
            const arrived = performance.getEntriesByName('trace-bytes-arrived')[0]?.startTime ?? 0;
            return { arrived, longest: Math.max(0, ...longTasks.map(([, ms]) => ms)) };
          }),
          PATIENCE_MS,
        );
  // Only now: packing 200 KB while the page starts would take a processor from it.
  const codeKb = (await Promise.all(code.map(packedBytes))).reduce((sum, bytes) => sum + bytes, 0) / 1000;
  const frames = (kind: 'bar' | 'zoom'): Promise<number[] | undefined> =>
    within(page.evaluate(frameTimes, [kind, FRAMES] as const), PATIENCE_MS);
  const wheel =
    opening !== undefined && (await within(hasScroller(page, ui.scroller), PATIENCE_MS))
      ? await within(wheelFrames(page, ui.scroller), PATIENCE_MS)
      : undefined;
  // A page that cannot scroll is not asked for more.
  const live = wheel !== undefined;
  const bar = live ? await frames('bar') : undefined;
  const zoom = live && ui.zooms ? await frames('zoom') : undefined;
  const find =
    live && ui.find !== undefined
      ? await within(page.evaluate(findTimes, [ui.find.input, ui.find.result] as const), PATIENCE_MS)
      : undefined;
  const memory = live ? await within(heap(page), PATIENCE_MS) : undefined;
  return {
    codeKb,
    firstRow: opening === undefined ? undefined : opened,
    fromBytes:
      opened !== undefined && opening !== undefined && opening.arrived > 0 ? opened - opening.arrived : undefined,
    longestTask: opening?.longest,
    wheel,
    bar,
    zoom,
    find,
    memoryMb: memory === undefined ? undefined : memory / 1e6,
  };
}

async function packedBytes(response: Response): Promise<number> {
  const body = await response.body().catch(() => undefined);
  return body === undefined ? 0 : gzipSync(body, { level: 9 }).length;
}

/** A page without cross-origin isolation tells only the heap of its main thread, which is all that Lens has. */
async function heap(page: Page): Promise<number> {
  const bytes = await page.evaluate(pageMemory).catch(() => 0);
  if (bytes > 0) return bytes;
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  return ((await session.send('Runtime.getHeapUsage')) as { usedSize: number }).usedSize;
}

/** Frames of a page that is empty, as tall as the trace and scrolled in the same way: what the machine can do at all. */
export async function measureEmptyPage(height: number): Promise<{ wheel: readonly number[]; bar: readonly number[] }> {
  const browser = await launch();
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.setContent(
      `<body style="margin:0"><div id="box" style="position:absolute;inset:260px 0 0;overflow:auto"><div style="height:${height}px">`,
    );
    await page.waitForTimeout(1000);
    const wheel = await wheelFrames(page, '#box');
    return { wheel, bar: await page.evaluate(frameTimes, ['bar', FRAMES] as const) };
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
