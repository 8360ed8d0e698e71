// Opens the same traces in each UI in headless Chromium and measures what a reader feels:
//   node bench/ui/trace.ts [sizes, e.g. 200,2000,10000,100000] [path of a Zipkin jar] [--jaeger-ui DIR of its build]
// Needs `npm run build:ui` and Chromium. Of BENCH_TRIES tries (3) the best figure counts, for every UI alike.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { shopTrace } from '../../packages/ui/src/kernel/testing/generate.ts';
import { type Measured, measure, measureEmptyPage, PATIENCE_MS } from './measure-page.ts';
import { type ServedUi, serveJaegerUi, serveLens, serveTracekin } from './served-uis.ts';

const PORT = Number(process.env['BENCH_PORT'] ?? 25500);
const TRIES = Number(process.env['BENCH_TRIES'] ?? 3);
/** A UI that takes this long is not asked again. */
const SLOW_MS = 20_000;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { 'jaeger-ui': { type: 'string' } } });
const [sizesText = '200,2000,10000,100000', jar] = positionals;
const sizes = sizesText.split(',').map(Number);
const idOf = (spans: number): string => spans.toString(16).padStart(32, 'c');
const epoch = Date.now() * 1000 - 3600e6;
const traces = new Map(sizes.map(spans => [idOf(spans), shopTrace(spans, { traceId: idOf(spans), epoch })]));

const uis: ServedUi[] = [await serveTracekin(traces, PORT)];
if (jar !== undefined) uis.push(await serveLens(jar, traces, PORT + 1));
if (values['jaeger-ui'] !== undefined) uis.push(await serveJaegerUi(values['jaeger-ui'], traces, PORT + 2));
const close = (): void => {
  for (const ui of uis) ui.close();
};
// Ended from outside, it must not leave a Java server behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    close();
    process.exit(1);
  });
}

const lines: string[] = [];
let empty: readonly number[] | undefined;
try {
  for (const spans of sizes) {
    for (const ui of uis) {
      if (spans > ui.mostSpans) continue;
      let best: Measured | undefined;
      for (let tries = 0; tries < TRIES; tries++) {
        const started = performance.now();
        const one = await measure(ui, idOf(spans));
        best = best === undefined ? one : better(best, one);
        if (performance.now() - started > SLOW_MS * 2 || (one.firstRow ?? PATIENCE_MS) > SLOW_MS) break;
      }
      if (best !== undefined) lines.push(line(ui, spans, best));
      console.error(lines.at(-1));
    }
    empty = betterFrames(empty, await measureEmptyPage());
  }
} finally {
  close();
}
console.log(
  `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, headless Chromium, software rendering, 1440 × 900; best of ${TRIES}\n`,
);
console.log(
  '| UI | spans | scripts and styles, KB gz | navigation to first row, ms | bytes to first row, ms | longest task, ms | scroll frame p50/p95/max, ms | zoom frame p50/p95/max, ms | find, ms | memory, MB |',
);
console.log('|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|');
for (const row of lines) console.log(row);
if (empty !== undefined) console.log(`\nAn empty page scrolls at ${frames(empty)} ms a frame in the same run.`);
console.log(`"–": it has none. "no": not within ${PATIENCE_MS / 1000} s.`);

function line(ui: ServedUi, spans: number, m: Measured): string {
  const whole = (value: number | undefined, none: string): string =>
    value === undefined ? none : Math.round(value).toLocaleString('en');
  const live = m.scroll !== undefined;
  return `| ${[
    ui.name,
    spans.toLocaleString('en'),
    whole(m.codeKb, 'no'),
    whole(m.firstRow, 'no'),
    whole(m.fromBytes, ui.name === 'Tracekin' ? 'no' : '–'),
    m.longestTask === 0 ? '< 50' : whole(m.longestTask, 'no'),
    m.scroll === undefined ? 'no' : frames(m.scroll),
    m.zoom === undefined ? (ui.zooms ? 'no' : '–') : frames(m.zoom),
    ui.find === undefined ? '–' : m.find === undefined || m.find.length === 0 ? 'no' : whole(at(m.find, 0.5), 'no'),
    whole(m.memoryMb, live ? 'no' : '–'),
  ].join(' | ')} |`;
}

function at(sorted: readonly number[], part: number): number {
  return sorted[Math.floor((sorted.length - 1) * part)] ?? 0;
}

function frames(sorted: readonly number[]): string {
  return sorted.length === 0 ? '–' : [0.5, 0.95, 1].map(part => at(sorted, part).toFixed(1)).join(' / ');
}

function better(a: Measured, b: Measured): Measured {
  const least = (x: number | undefined, y: number | undefined): number | undefined =>
    x === undefined || y === undefined ? (x ?? y) : Math.min(x, y);
  return {
    codeKb: Math.max(a.codeKb, b.codeKb),
    firstRow: least(a.firstRow, b.firstRow),
    fromBytes: least(a.fromBytes, b.fromBytes),
    longestTask: least(a.longestTask, b.longestTask),
    scroll: betterFrames(a.scroll, b.scroll),
    zoom: betterFrames(a.zoom, b.zoom),
    find: betterFrames(a.find, b.find),
    memoryMb: least(a.memoryMb, b.memoryMb),
  };
}

/** The run with the lower 95th percentile, as a whole: percentiles of different runs are not mixed. */
function betterFrames(
  a: readonly number[] | undefined,
  b: readonly number[] | undefined,
): readonly number[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return at(a, 0.95) <= at(b, 0.95) ? a : b;
}
