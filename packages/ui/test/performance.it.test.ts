import assert from 'node:assert/strict';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { chainTrace, shopTrace, toBytes } from '../src/kernel/testing/generate.ts';
import { launchBrowser, noBrowser } from './browser.ts';
import { builtUi } from './built-ui.ts';
import { firstRow, hasScroller, watchedPage, wheelFrames } from './measured-page.ts';
import { cpuLoop, findTimes, frameTimes, pageMemory, type Watched } from './page-functions.ts';
import { startStaticHost } from './static-host.ts';
import { longestTask } from './task-times.ts';

/**
 * The budgets of a large trace, on machines of any speed and with others on them. Three things keep this from
 * failing by chance: times are divided by what the same browser does in the same seconds with a fixed piece of work that is
 * none of ours (a loop for the CPU, an empty page that scrolls for frames), so a machine that is slow or shared is slow in
 * both; of several tries the best counts, since interference only ever adds; and where even the best varies, a limit above
 * the target fails.
 */

/** ms of `cpuLoop` on a machine that has to keep the times as they are; a slower one gets as much more as it is slower. */
const REFERENCE_LOOP_MS = 40;
const TRIES = 4;
const FRAMES = 240;
/** ms of a frame at 60 Hz, with what the clock adds. */
const DISPLAY_MS = 16.8;
const TREE = '[role=treegrid]';
const ROW = `${TREE} [role=row]`;

type Move = 'wheel' | 'bar' | 'zoom' | 'pan';
const MOVES: Readonly<Record<Move, string>> = {
  wheel: 'scrolls by a fast wheel',
  bar: 'scrolls by its scroll bar from end to end',
  zoom: 'zooms',
  pan: 'pans',
};

interface Opening {
  /** ms from the last byte to the first row on the screen. */
  readonly firstRow: number;
  /** ms from navigation to the last byte, which comes while the application starts. */
  readonly boot: number;
  /** ms by the clock, of all tasks since navigation; 0 when none reached 50. */
  readonly longestTask: number;
  /** ms of processor time. */
  readonly longestCpu: number;
  /** How much slower than the reference the machine was, 1 at least. */
  readonly factor: number;
}

const spans = { wide: 100_000, medium: 10_000, small: 2000, deep: 100_000 } as const;
const address = (kind: keyof typeof spans): string => `/zipkin/traces/${idOf(kind)}?group=0`;
const idOf = (kind: keyof typeof spans): string => Object.keys(spans).indexOf(kind).toString(16).padStart(32, 'e');

describe('a large trace', { skip: noBrowser }, () => {
  let browser: Browser;
  let host: Server;
  let origin: string;
  before(async () => {
    const answers = new Map<string, Uint8Array>([
      ['/config.json', toBytes({})],
      [`/api/v2/trace/${idOf('wide')}`, toBytes(shopTrace(spans.wide, { traceId: idOf('wide') }))],
      [`/api/v2/trace/${idOf('medium')}`, toBytes(shopTrace(spans.medium, { traceId: idOf('medium') }))],
      [`/api/v2/trace/${idOf('small')}`, toBytes(shopTrace(spans.small, { traceId: idOf('small') }))],
      [`/api/v2/trace/${idOf('deep')}`, toBytes(chainTrace(spans.deep))],
    ]);
    host = await startStaticHost(builtUi(), '/zipkin', answers);
    origin = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    host?.close();
  });

  const open = async (kind: keyof typeof spans): Promise<Page> => {
    const page = await watchedPage(browser, ROW);
    await page.goto(origin + address(kind), { waitUntil: 'commit' });
    assert.ok(await firstRow(page, 60_000), 'no row within a minute');
    return page;
  };

  const opening = async (kind: keyof typeof spans): Promise<Opening> => {
    const { result: page, cpu: longestCpu } = await longestTask(browser, address(kind), async () => {
      const page = await open(kind);
      await page.waitForTimeout(700);
      return page;
    });
    const result = await page.evaluate(openingTimes);
    const loop = await page.evaluate(cpuLoop);
    await page.close();
    return { ...result, longestCpu, factor: Math.max(1, loop / REFERENCE_LOOP_MS) };
  };

  /** The try with the smallest value by `measure`, as soon as one is within the limit. */
  async function best<T>(measure: () => Promise<T>, value: (one: T) => number, limit: number): Promise<T> {
    let smallest = await measure();
    for (let tries = 1; tries < TRIES && value(smallest) > limit; tries++) {
      const one = await measure();
      if (value(one) < value(smallest)) smallest = one;
    }
    return smallest;
  }

  it('of 100,000 spans shows its first row within 1 s after its bytes', async context => {
    const one = await best(
      () => opening('wide'),
      o => o.firstRow / o.factor,
      1000,
    );
    tell(context, one);
    assert.ok(one.firstRow / one.factor <= 1000, JSON.stringify(one));
  });

  for (const kind of ['small', 'medium', 'wide'] as const) {
    it(`of ${spans[kind].toLocaleString('en')} spans blocks the page for at most 50 ms at a time while it opens`, async context => {
      const one = await best(
        () => opening(kind),
        o => Math.max(o.longestCpu, o.longestTask / 2) / o.factor,
        50,
      );
      tell(context, one);
      assert.ok(one.longestCpu / one.factor <= 50, JSON.stringify(one));
      // By the clock the hard cap holds: of a shared machine, most of a task can be waiting.
      assert.ok(one.longestTask / one.factor <= 100, JSON.stringify(one));
    });
  }

  it('of 10,000 spans shows its first row within 1 s after navigation', async context => {
    const one = await best(
      () => opening('medium'),
      o => (o.boot + o.firstRow) / o.factor,
      1000,
    );
    tell(context, one);
    assert.ok((one.boot + one.firstRow) / one.factor <= 1000, JSON.stringify(one));
  });

  for (const [size, kind] of [
    ['small', 'wheel'],
    ['wide', 'wheel'],
    ['small', 'bar'],
    ['wide', 'bar'],
    ['wide', 'zoom'],
    ['wide', 'pan'],
  ] as const) {
    it(`of ${spans[size].toLocaleString('en')} spans ${MOVES[kind]} at the rate of the display`, async context => {
      const page = await open(size);
      await page.waitForTimeout(500);
      const empty = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      await empty.setContent(
        `<body style="margin:0"><div role="treegrid" style="position:absolute;inset:260px 0 0;overflow:auto"><div style="height:${spans[size] * 22}px">`,
      );
      const frames = async (of: Page, move: Move): Promise<number> => {
        await of.bringToFront();
        await hasScroller(of, TREE);
        return p95(
          move === 'wheel' ? await wheelFrames(of, TREE) : await of.evaluate(frameTimes, [move, FRAMES] as const),
        );
      };
      const run = async (): Promise<{ ours: number; reference: number; factor: number }> => {
        const reference = await frames(empty, kind === 'wheel' ? 'wheel' : 'bar');
        const ours = await frames(page, kind);
        return { ours, reference, factor: Math.max(1, (await page.evaluate(cpuLoop)) / REFERENCE_LOOP_MS) };
      };
      // An empty page needs the display only; ours needs the CPU too, of which others may have most.
      const alone = (one: { ours: number; reference: number; factor: number }): number =>
        one.ours / Math.max(one.factor, one.reference / DISPLAY_MS);
      const one = await best(run, alone, DISPLAY_MS);
      context.diagnostic(
        `p95 of a frame: ${one.ours.toFixed(1)} ms, empty page ${one.reference.toFixed(1)} ms, machine ${one.factor.toFixed(1)} times slower`,
      );
      // One frame of the display, and a quarter for what a shared machine takes even from the best of several tries: a page
      // that needs more than a frame for its work is at two.
      assert.ok(alone(one) <= 1.25 * DISPLAY_MS, JSON.stringify(one));
      await page.close();
      await empty.close();
    });
  }

  it('of 100,000 spans finds within 50 ms and takes at most 250 MB', async context => {
    const page = await open('wide');
    const times = await page.evaluate(findTimes, ['#trace-find', 'search [role=status]'] as const);
    const loop = await page.evaluate(cpuLoop);
    const factor = Math.max(1, loop / REFERENCE_LOOP_MS);
    const fastest = times[0] ?? Number.POSITIVE_INFINITY;
    context.diagnostic(
      `find ${times.map(ms => ms.toFixed(0)).join(', ')} ms, machine ${factor.toFixed(1)} times slower`,
    );
    // The text appears with the next frame, which is not ours to shorten.
    assert.ok(fastest / factor <= 50 + 17, `${fastest} ms at ${factor}`);
    const bytes = await page.evaluate(pageMemory);
    context.diagnostic(`${(bytes / 1e6).toFixed(0)} MB`);
    assert.ok(bytes > 0 && bytes <= 250e6, `${bytes} bytes`);
    await page.close();
  });

  it('of a chain 100,000 deep opens, scrolls to its end and can be collapsed', async () => {
    const page = await open('deep');
    await page.locator('[role=treegrid]').focus();
    await page.keyboard.press('End');
    await page.locator(`[role=row][aria-level="${spans.deep}"]`).first().waitFor({ timeout: 30_000 });
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction(() => document.querySelector('[role=treegrid]')?.getAttribute('aria-rowcount') === '1');
    await page.close();
  });
});

function tell(context: TestContext, one: Opening): void {
  const { firstRow, longestTask, longestCpu, boot, factor } = one;
  context.diagnostic(
    `first row ${firstRow.toFixed(0)} ms after the bytes, longest task ${longestTask.toFixed(0)} ms (${longestCpu.toFixed(0)} ms of processor time), bytes ${boot.toFixed(0)} ms after navigation, machine ${factor.toFixed(1)} times slower`,
  );
}

/** Runs in the page. */
function openingTimes(): { firstRow: number; longestTask: number; boot: number } {
  const { firstRowAt, longTasks } = globalThis as unknown as Watched;
  const arrived = performance.getEntriesByName('trace-bytes-arrived')[0]?.startTime ?? 0;
  return { firstRow: firstRowAt - arrived, longestTask: Math.max(0, ...longTasks.map(([, ms]) => ms)), boot: arrived };
}

function p95(sorted: readonly number[]): number {
  return sorted[Math.floor((sorted.length - 1) * 0.95)] ?? 0;
}
