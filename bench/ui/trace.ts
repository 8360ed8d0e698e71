// Opens the same traces in each UI in headless Chromium and measures what a reader feels:
//   node bench/ui/trace.ts [sizes, e.g. 200,2000,10000,100000] [path of a Zipkin jar] [--jaeger-ui DIR of its build]
// Needs `npm run build:ui` and Chromium. Medians of BENCH_TRIES openings (3), each in a browser of its own, for every UI alike.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { shopTrace } from '../../packages/ui/src/kernel/testing/generate.ts';
import { type Measured, measure, measureEmptyPage, PATIENCE_MS } from './measure-page.ts';
import { type ServedUi, serveJaegerUi, serveLens, serveTracekin } from './served-uis.ts';

const PORT = Number(process.env['BENCH_PORT'] ?? 25500);
const TRIES = Number(process.env['BENCH_TRIES'] ?? 3);
/** Of a row of the timeline. */
const ROW_PX = 22;
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
try {
  for (const spans of sizes) {
    for (const ui of uis) {
      if (spans > ui.mostSpans) continue;
      const tries: Measured[] = [];
      while (tries.length < TRIES) {
        const started = performance.now();
        const one = await measure(ui, idOf(spans));
        tries.push(one);
        if (performance.now() - started > SLOW_MS * 3 || (one.firstRow ?? PATIENCE_MS) > SLOW_MS) break;
      }
      lines.push(line(ui, spans, tries));
      console.error(lines.at(-1));
    }
    const empty = await measureEmptyPage(spans * ROW_PX);
    lines.push(
      row(['an empty page', whole(spans), '', '', '', '', frames(empty.wheel), frames(empty.bar), '', '', '']),
    );
    console.error(lines.at(-1));
  }
} finally {
  close();
}
console.log(
  `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, headless Chromium, software rendering, 1440 × 900; medians of ${TRIES} openings\n`,
);
const columns = [
  'UI',
  'spans',
  'scripts and styles, KB gz',
  'navigation to first row, ms',
  'bytes to first row, ms',
  'longest task while opening: median / worst, ms',
  'wheel frame p50/p95/max, ms',
  'scroll bar frame p50/p95/max, ms',
  'zoom frame p50/p95/max, ms',
  'find, ms',
  'memory, MB',
];
console.log(row(columns));
console.log(row(columns.map((_, i) => (i === 0 ? '---' : '--:'))));
for (const one of lines) console.log(one);
console.log(`\n"–": it has none. "no": not within ${PATIENCE_MS / 1000} s.`);

function line(ui: ServedUi, spans: number, tries: readonly Measured[]): string {
  const median = (of: (one: Measured) => number | undefined): number | undefined =>
    middle(tries.map(of), value => value);
  const run = (of: (one: Measured) => readonly number[] | undefined): readonly number[] | undefined =>
    middle(tries.map(of), sorted => at(sorted, 0.95));
  const live = tries.every(({ wheel }) => wheel !== undefined);
  const tasks = tries.map(({ longestTask }) => longestTask).filter(task => task !== undefined);
  const task = (ms: number | undefined): string => (ms === 0 ? '< 50' : whole(ms));
  const find = run(one => one.find);
  return row([
    ui.name,
    whole(spans),
    whole(median(one => one.codeKb)),
    whole(median(one => one.firstRow)),
    ui.name === 'Tracekin' ? whole(median(one => one.fromBytes)) : '–',
    tasks.length === 0 ? 'no' : `${task(median(one => one.longestTask))} / ${task(Math.max(...tasks))}`,
    frames(run(one => one.wheel)),
    frames(run(one => one.bar)),
    ui.zooms ? frames(run(one => one.zoom)) : '–',
    ui.find === undefined ? '–' : whole(find === undefined ? undefined : at(find, 0.5)),
    live ? whole(median(one => one.memoryMb)) : '–',
  ]);
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function whole(value: number | undefined): string {
  return value === undefined ? 'no' : Math.round(value).toLocaleString('en');
}

function at(sorted: readonly number[], part: number): number {
  return sorted[Math.floor((sorted.length - 1) * part)] ?? 0;
}

function frames(sorted: readonly number[] | undefined): string {
  if (sorted === undefined || sorted.length === 0) return 'no';
  return [0.5, 0.95, 1].map(part => at(sorted, part).toFixed(1)).join(' / ');
}

/** The one whose value is in the middle, as a whole: percentiles of different runs are not mixed. */
function middle<T>(list: readonly (T | undefined)[], value: (one: T) => number): T | undefined {
  const known = list.filter(one => one !== undefined).sort((a, b) => value(a) - value(b));
  return known[Math.floor((known.length - 1) / 2)];
}
