// Cost per span of the model's and the memory storage's hot paths: `node bench/model/hot-paths.ts [traces]`.
// Traces have 5 spans with 11 tags, like those of the ingest benchmark.
import {
  buildSpanTree,
  correctClockSkew,
  criticalPath,
  linkSpans,
  mergeTrace,
  normalizeSpan,
  type Span,
  summarizeTrace,
} from '@tracekin/model';
import { MemoryStorage } from '@tracekin/storage';

const traceCount = Number(process.argv[2] ?? 100_000);
const SPANS_PER_TRACE = 5;
const BATCH = 1000;
const START = Date.parse('2026-11-21T00:00:00Z') * 1000;
const SERVICES = ['gateway', 'orders', 'payments', 'inventory', 'mail'];

function hex(n: number): string {
  return n.toString(16).padStart(16, '0');
}

function makeTrace(n: number): Span[] {
  return Array.from({ length: SPANS_PER_TRACE }, (_, i) => {
    const service = SERVICES[i]!;
    return normalizeSpan({
      traceId: hex(n + 1),
      id: hex(n * SPANS_PER_TRACE + i + 1),
      parentId: i === 0 ? undefined : hex(n * SPANS_PER_TRACE + i),
      kind: i % 2 === 0 ? 'SERVER' : 'CLIENT',
      name: `get /${service}/${n % 7}`,
      timestamp: START + n * 1000 + i,
      duration: 1000 - i,
      localEndpoint: { serviceName: service, ipv4: '10.0.0.1' },
      remoteEndpoint: { serviceName: SERVICES[(i + 1) % 5]! },
      tags: Object.fromEntries(Array.from({ length: 11 }, (_, tag) => [`tag${tag}`, `value ${n % 13}`])),
    });
  });
}

function report(name: string, spans: number, run: () => void): void {
  const start = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(start);
  console.log(`${name.padEnd(44)} ${((user + system) / spans).toFixed(2).padStart(7)} us CPU/span`);
}

const traces = Array.from({ length: traceCount }, (_, n) => makeTrace(n));
const spanCount = traceCount * SPANS_PER_TRACE;
console.log(`${spanCount} spans in traces of ${SPANS_PER_TRACE}, node ${process.version}`);

for (const round of ['cold', 'warm']) {
  report(`normalizeSpan, normal input (${round})`, spanCount, () =>
    traces.flat().forEach(span => void normalizeSpan(span)),
  );
  report(`mergeTrace (${round})`, spanCount, () => traces.forEach(trace => void mergeTrace(trace)));
  report(`buildSpanTree (${round})`, spanCount, () => traces.forEach(trace => void buildSpanTree(trace)));
  report(`linkSpans (${round})`, spanCount, () => traces.forEach(trace => void linkSpans(trace)));
  report(`summarizeTrace (${round})`, spanCount, () => traces.forEach(trace => void summarizeTrace(trace)));
}

const batches: Span[][] = [];
const all = traces.flat();
for (let i = 0; i < all.length; i += BATCH) batches.push(all.slice(i, i + BATCH));

for (const [name, maxSpans] of [
  ['MemoryStorage.write (nothing evicted)', spanCount],
  ['MemoryStorage.write (half evicted)', spanCount / 2],
] as const) {
  const storage = new MemoryStorage({ maxSpans });
  report(name, spanCount, () => batches.forEach((spans, i) => void storage.write({ id: `${i}`, spans })));
  if (maxSpans < spanCount) continue;
  const query = {
    tags: [],
    annotations: [],
    endTs: START / 1000 + traceCount,
    lookback: 86_400_000,
    limit: 10,
  } as const;
  for (const [what, criteria] of [
    ['by service', { serviceName: 'orders' }],
    ['by tag', { tags: [['tag3', 'value 3']] as const }],
    ['that finds nothing', { serviceName: 'orders', tags: [['tag3', 'none']] as const }],
  ] as const) {
    for (const round of ['first', 'again']) {
      const start = performance.now();
      const found = await storage.findTraces({ ...query, ...criteria });
      console.log(`search ${what} (${round}): ${found.length} traces in ${(performance.now() - start).toFixed(1)} ms`);
    }
  }
  const start = performance.now();
  await storage.getDependencies({ endTs: query.endTs, lookback: query.lookback });
  console.log(`all dependency links: ${(performance.now() - start).toFixed(0)} ms`);
}

const LARGE = 100_000;
for (const [shape, parentOf] of [
  ['chain', (i: number) => i],
  ['one parent', () => 1],
  ['tree of fan-out 8', (i: number) => Math.floor((i - 1) / 8) + 1],
] as const) {
  const spans = Array.from({ length: LARGE }, (_, i) =>
    normalizeSpan({
      traceId: '1',
      id: hex(i + 1),
      parentId: i === 0 ? undefined : hex(parentOf(i)),
      timestamp: START + i,
      duration: 2 * LARGE - 2 * i,
      kind: i % 2 === 0 ? 'CLIENT' : 'SERVER',
      localEndpoint: { serviceName: SERVICES[i % 5]! },
    }),
  );
  const start = performance.now();
  const root = buildSpanTree(spans);
  const built = performance.now();
  const path = criticalPath(correctClockSkew(root).root);
  const walked = performance.now();
  console.log(
    `${LARGE} spans, ${shape}: tree ${(built - start).toFixed(0)} ms, ` +
      `clock skew and critical path ${(walked - built).toFixed(0)} ms (${path.length} segments)`,
  );
}
