// Opens traces of growing size in headless Chromium and measures what a reader feels:
//   node bench/ui/trace.ts [sizes, e.g. 200,2000,10000,100000,1000000] [path of a Zipkin jar, for Lens beside ours]
// Needs `npm run build:ui` and /usr/bin/chromium. Lens is measured only up to LENS_MOST spans: see docs for what it does above.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { shopTrace, toBytes } from '../../packages/ui/src/kernel/testing/generate.ts';
import { startStaticHost } from './static-host.ts';

const PORT = Number(process.env['BENCH_PORT'] ?? 25500);
const LENS_PORT = PORT + 1;
const LENS_MOST = Number(process.env['LENS_MOST'] ?? 2000);
const FRAMES = 120;
const DIST = join(import.meta.dirname, '../../packages/ui/dist');
const CHROMIUM = {
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--enable-blink-features=ForceEagerMeasureMemory',
  ],
};

interface Result {
  readonly ui: 'ours' | 'lens';
  readonly spans: number;
  /** ms from the last byte of the trace to the first row on the screen; for Lens from navigation, its bytes are not marked. */
  readonly firstRow: number;
  /** ms from navigation to the first row. */
  readonly fromNavigation: number;
  /** Longest task of the main thread while opening, ms; 0 when none reached 50. */
  readonly longestTask: number;
  readonly scroll: string;
  readonly zoom: string;
  /** ms from a key in the find box to the count on the screen, median of 5. */
  readonly find: string;
  readonly heapMb: number;
}

const OURS = { row: '[role=treegrid] [role=row]', scroller: '[role=treegrid]' };
/** Lens' rows have generated class names; their size is what tells them. */
const LENS = { row: 'div[style*="position: absolute"][style*="height: 30px"]', scroller: '' };

const [sizesText = '200,2000,10000,100000', jar] = process.argv.slice(2);
const sizes = sizesText.split(',').map(Number);
if (!existsSync(join(DIST, 'index.html'))) {
  console.error('build the UI first: npm run build:ui');
  process.exit(1);
}
const traceId = (spans: number): string => spans.toString(16).padStart(32, 'c');
const now = Date.now() * 1000 - 3600e6;
const traces = new Map(
  sizes.map(spans => [traceId(spans), toBytes(shopTrace(spans, { traceId: traceId(spans), epoch: now }))]),
);
const host = await startStaticHost(DIST, traces, PORT);
const lens = jar === undefined ? undefined : await startLens(jar);
// Ended from outside, it must not leave a Java server behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    lens?.kill();
    process.exit(1);
  });
}
const browser = await chromium.launch(CHROMIUM);
const results: Result[] = [];
try {
  for (const spans of sizes) {
    results.push(
      await measure(browser, 'ours', spans, `http://127.0.0.1:${PORT}/zipkin/traces/${traceId(spans)}?group=0`),
    );
    console.error(JSON.stringify(results.at(-1)));
    if (lens === undefined || spans > LENS_MOST) continue;
    results.push(
      await measure(browser, 'lens', spans, `http://127.0.0.1:${LENS_PORT}/zipkin/traces/${traceId(spans)}`),
    );
    console.error(JSON.stringify(results.at(-1)));
  }
} finally {
  await browser.close();
  host.close();
  lens?.kill();
}
print(results);

async function measure(from: Browser, ui: 'ours' | 'lens', spans: number, url: string): Promise<Result> {
  const page = await from.newPage({ viewport: { width: 1440, height: 900 } });
  const { row, scroller } = ui === 'ours' ? OURS : LENS;
  await page.addInitScript(watch, row);
  await page.goto(url);
  await page.waitForFunction(() => (globalThis as unknown as Watched).firstRowAt > 0, undefined, {
    timeout: 300_000,
    polling: 50,
  });
  await page.waitForTimeout(1500);
  const opening = await page.evaluate(() => {
    const { firstRowAt, longest } = globalThis as unknown as Watched;
    const arrived = performance.getEntriesByName('trace-bytes-arrived')[0]?.startTime ?? 0;
    return { firstRowAt, arrived, longest };
  });
  const scroll = await frames(page, 'scroll', scroller);
  const zoom = ui === 'ours' ? await frames(page, 'zoom', scroller) : 'none';
  const find = ui === 'ours' ? await findLatency(page) : 'none';
  const heapMb = await heap(page, ui);
  await page.close();
  return {
    ui,
    spans,
    firstRow: Math.round(opening.firstRowAt - opening.arrived),
    fromNavigation: Math.round(opening.firstRowAt),
    longestTask: Math.round(opening.longest),
    scroll,
    zoom,
    find,
    heapMb,
  };
}

/** The little of a page's world that the functions below touch; they run in the browser, this file is typed for Node. */
interface PageElement {
  scrollTop: number;
  readonly scrollHeight: number;
  readonly clientHeight: number;
  readonly offsetHeight: number;
  readonly textContent: string | null;
  readonly parentElement: PageElement | null;
  querySelector(css: string): PageElement | null;
  getBoundingClientRect(): { readonly left: number; readonly top: number; readonly width: number };
  dispatchEvent(event: object): void;
}
declare const document: {
  querySelector(css: string): PageElement | null;
  querySelectorAll(css: string): Iterable<PageElement>;
};
declare function requestAnimationFrame(callback: (time: number) => void): number;
declare const WheelEvent: new (type: string, init: object) => object;

interface Watched {
  firstRowAt: number;
  longest: number;
}

/** Runs in the page before anything else: notes the first row at the frame that shows it, and long tasks. */
function watch(row: string): void {
  const state = globalThis as unknown as Watched;
  state.firstRowAt = 0;
  state.longest = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) state.longest = Math.max(state.longest, entry.duration);
  }).observe({ type: 'longtask' as 'mark', buffered: true });
  const look = (): void => {
    const found = document.querySelector(row);
    if (found !== null && found.offsetHeight > 0 && (found.textContent ?? '') !== '')
      state.firstRowAt = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** p50 / p95 / longest of the time between frames, ms, while something moves at every frame. */
async function frames(page: Page, what: 'scroll' | 'zoom', selector: string): Promise<string> {
  const times = await page.evaluate(
    async ([kind, css, count]) => {
      const all = [...document.querySelectorAll(css === '' ? 'div' : css)];
      const scroller =
        css === ''
          ? all
              .filter(e => e.scrollHeight > e.clientHeight + 100 && e.clientHeight > 100)
              .sort((a, b) => b.scrollHeight - a.scrollHeight)[0]
          : all[0];
      if (scroller === undefined) return [];
      const rect = scroller.getBoundingClientRect();
      const deltas: number[] = [];
      let last = 0;
      for (let i = 0; i < count; i++) {
        await new Promise(requestAnimationFrame);
        const time = performance.now();
        if (i > 5) deltas.push(time - last);
        last = time;
        if (kind === 'scroll') scroller.scrollTop += i % 10 === 9 ? scroller.scrollHeight / 20 : 90;
        else {
          const deltaY = i < count / 2 ? -40 : 40;
          scroller.dispatchEvent(
            new WheelEvent('wheel', {
              deltaY,
              ctrlKey: true,
              clientX: rect.left + rect.width * 0.7,
              clientY: rect.top + 100,
              bubbles: true,
              cancelable: true,
            }),
          );
        }
      }
      return deltas;
    },
    [what, selector, FRAMES] as const,
  );
  if (times.length === 0) return 'none';
  times.sort((a, b) => a - b);
  const at = (part: number): string => (times[Math.floor((times.length - 1) * part)] as number).toFixed(1);
  return `${at(0.5)} / ${at(0.95)} / ${at(1)}`;
}

async function findLatency(page: Page): Promise<string> {
  const times = await page.evaluate(async () => {
    const input = document.querySelector('#trace-find');
    const status = input?.parentElement?.querySelector('[role=status]');
    if (input === null || status === null || status === undefined) return [];
    const set = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(input), 'value')?.set;
    const measured: number[] = [];
    for (const text of ['r-9', 'http.status_code=503', 'dur>1ms', '/authorize|lookup/', 'cache', 'r-99']) {
      const before = status.textContent;
      const started = performance.now();
      set?.call(input, text);
      input.dispatchEvent(new Event('input', { bubbles: true }));
      while (status.textContent === before && performance.now() - started < 5000)
        await new Promise(requestAnimationFrame);
      measured.push(performance.now() - started);
      await new Promise(resolve => setTimeout(resolve, 500));
    }
    return measured.slice(1);
  });
  times.sort((a, b) => a - b);
  return times.length === 0
    ? 'none'
    : `${(times[Math.floor(times.length / 2)] as number).toFixed(0)} (max ${(times.at(-1) as number).toFixed(0)})`;
}

/** Ours: page and worker with all buffers. Lens is not cross-origin isolated: the heap of its page, which is all it has. */
async function heap(page: Page, ui: 'ours' | 'lens'): Promise<number> {
  if (ui === 'ours') {
    const bytes = await page.evaluate(async () => {
      const measureMemory = (
        performance as unknown as { measureUserAgentSpecificMemory?: () => Promise<{ bytes: number }> }
      ).measureUserAgentSpecificMemory;
      return measureMemory === undefined ? 0 : (await measureMemory.call(performance)).bytes;
    });
    if (bytes > 0) return Math.round(bytes / 1e6);
  }
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = (await session.send('Runtime.getHeapUsage')) as { usedSize: number };
  return Math.round(usedSize / 1e6);
}

async function startLens(path: string): Promise<ChildProcess> {
  const child = spawn('java', ['-Xmx2g', '-jar', path], {
    env: { ...process.env, QUERY_PORT: String(LENS_PORT), MEM_MAX_SPANS: '500000', SELF_TRACING_ENABLED: 'false' },
    stdio: 'ignore',
  });
  const base = `http://127.0.0.1:${LENS_PORT}`;
  for (let tries = 0; tries < 120; tries++) {
    await new Promise(resolve => setTimeout(resolve, 500));
    if (
      await fetch(`${base}/health`).then(
        r => r.ok,
        () => false,
      )
    )
      break;
  }
  for (const spans of sizes.filter(count => count <= LENS_MOST)) {
    const all = shopTrace(spans, { traceId: traceId(spans), epoch: now });
    for (let i = 0; i < all.length; i += 5000) {
      await fetch(`${base}/api/v2/spans`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(all.slice(i, i + 5000)),
      });
    }
  }
  return child;
}

function print(rows: readonly Result[]): void {
  console.log(
    `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, headless Chromium, software rendering, 1440 × 900\n`,
  );
  console.log(
    '| UI | spans | bytes to first row, ms | navigation to first row, ms | longest task, ms | scroll frame p50/p95/max, ms | zoom frame p50/p95/max, ms | find, ms | memory, MB |',
  );
  console.log('|---|--:|--:|--:|--:|--:|--:|--:|--:|');
  for (const r of rows) {
    const task = r.longestTask === 0 ? '< 50' : String(r.longestTask);
    console.log(
      `| ${r.ui} | ${r.spans.toLocaleString('en')} | ${r.ui === 'ours' ? r.firstRow : ''} | ${r.fromNavigation} | ${task} | ${r.scroll} | ${r.zoom} | ${r.find} | ${r.heapMb} |`,
    );
  }
  for (const theirs of rows.filter(r => r.ui === 'lens')) {
    const ours = rows.find(r => r.ui === 'ours' && r.spans === theirs.spans);
    if (ours !== undefined)
      console.log(
        `\n${theirs.spans.toLocaleString('en')} spans: first row ${(theirs.fromNavigation / ours.fromNavigation).toFixed(1)} times sooner than Lens`,
      );
  }
}
