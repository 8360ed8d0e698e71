import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { recordedFrames, recordFrames, scrollerPlace, type Watched, watch } from './page-functions.ts';

// What a measurement does beside the page: as little as possible, since page, browser and this process share the processors.

/** ms until a browser that was started, or a page of it, has nothing left to do. */
const SETTLE_MS = 1000;
/** px a second of the wheel: a notch is 120 px, and a fast finger makes fifty in a second. */
const WHEEL_SPEED = 6000;
/** px in one direction at most. */
const LONGEST_WAY = 24_000;
/** ms of moving that are measured, and after which a page that is slower than the wheel is left alone. */
const WHEEL_MS = 4000;
const LONGEST_MS = 10_000;

/** A page in a browser that has come to rest, which notes its first row and its long tasks. @param row CSS selector */
export async function watchedPage(browser: Browser, row: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(watch, row);
  await page.waitForTimeout(SETTLE_MS);
  return page;
}

/**
 * Waits for the first row and says at what ms after navigation it came; undefined when it did not. Asks the browser itself: what
 * Playwright puts into a page for waiting is a task of 20 ms in the middle of what is measured.
 */
export async function firstRow(page: Page, timeoutMs: number): Promise<number | undefined> {
  const session = await page.context().newCDPSession(page);
  const expression = `globalThis.${'firstRowAt' satisfies keyof Watched} ?? 0`;
  const until = performance.now() + timeoutMs;
  while (performance.now() < until) {
    const { result } = await session.send('Runtime.evaluate', { expression });
    if (result.value > 0) return result.value;
    await sleep(50);
  }
  return undefined;
}

/** Finds what scrolls, for `frameTimes` and `wheelFrames`; false when nothing does. @param css see `ServedUi` of the bench */
export async function hasScroller(page: Page, css: string): Promise<boolean> {
  return (await page.evaluate(scrollerPlace, css)) !== undefined;
}

/**
 * ms between frames while a wheel turns fast and without pause, down and up again, sorted: real wheel events, which the browser's
 * own threads see first.
 */
export async function wheelFrames(page: Page, css: string): Promise<number[]> {
  const place = await page.evaluate(scrollerPlace, css);
  if (place === undefined) return [];
  const session = await page.context().newCDPSession(page);
  await page.evaluate(recordFrames);
  const way = Math.min(LONGEST_WAY, place.room);
  const turns = Math.max(2, Math.ceil((WHEEL_MS / 1000) * (WHEEL_SPEED / way)));
  const until = performance.now() + LONGEST_MS;
  for (let turn = 0; turn < turns && performance.now() < until; turn++)
    await turnWheel(session, place, turn % 2 === 0 ? -way : way);
  await session.detach();
  return (await page.evaluate(recordedFrames)).sort((a, b) => a - b);
}

async function turnWheel(session: CDPSession, { x, y }: { x: number; y: number }, yDistance: number): Promise<void> {
  await session.send('Input.synthesizeScrollGesture', {
    x,
    y,
    yDistance,
    speed: WHEEL_SPEED,
    gestureSourceType: 'mouse',
    preventFling: true,
  });
}
