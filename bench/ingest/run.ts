// Spans a second, CPU a span, memory and time to the first 202, over HTTP with JSON v2 in batches of 100 spans:
//   npm run bench -- ingest [--spans 1000000] [--servers zipkin,mem,clickhouse] [--freshness SPANS] [--rate SPANS_PER_S]
// All servers run one after another in one run on one machine, the load generator beside them; compare by ratio to Zipkin.
// --servers zipkin-es adds Zipkin on an Elasticsearch that runs already: --es-hosts http://127.0.0.1:9200. --freshness sends that
// many more spans at half the rate that was reached and measures how long a span takes from its 202 to a search that finds it.
import { type ChildProcess, fork } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type TreeUsage, treeUsage } from '../process-tree.ts';
import { type Freshness, measureFreshness } from './freshness.ts';
import {
  type Contender,
  start,
  tracekinServer,
  zipkinElasticsearchServer,
  zipkinJar,
  zipkinServer,
} from './servers.ts';

const { values } = parseArgs({
  options: {
    spans: { type: 'string', default: '1000000' },
    warmup: { type: 'string', default: '200000' },
    servers: { type: 'string', default: 'zipkin,mem,clickhouse' },
    rate: { type: 'string' },
    freshness: { type: 'string', default: '0' },
    'es-hosts': { type: 'string', default: 'http://127.0.0.1:9200' },
    port: { type: 'string', default: '29411' },
  },
});
const spans = Number(values.spans);
const warmup = Number(values.warmup);
const port = Number(values.port);
const loader = fileURLToPath(new URL('load.ts', import.meta.url));

interface LoadResult {
  readonly spans: number;
  readonly seconds: number;
  readonly refused: number;
  readonly failed: number;
}

interface Measured {
  readonly load: LoadResult;
  /** Until the server has done what it accepted: its CPU is idle again. */
  readonly cpuMicros: number;
  readonly peakRssBytes: number;
  /** Memory while the spans were sent, in ten parts of the time: the largest of each. */
  readonly rssOfTenths: readonly number[];
}

/** A load generator that has prepared its messages and waits for `go`. */
async function startLoad(
  url: string,
  count: number,
  seed: number,
  rate: string | undefined,
): Promise<{ child: ChildProcess; result: () => LoadResult }> {
  const args = [
    '--url',
    url,
    '--spans',
    String(count),
    '--seed',
    String(seed),
    '--start',
    String((Date.now() - 3_600_000) * 1000),
  ];
  if (rate !== undefined) args.push('--rate', rate);
  const child = fork(loader, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  let output = '';
  child.stdout?.on('data', chunk => {
    output += chunk;
  });
  await new Promise(resolve => child.once('message', resolve));
  return { child, result: () => JSON.parse(output) as LoadResult };
}

/** Sends spans and waits until the server has done with them. */
async function load(url: string, count: number, seed: number, pid: number): Promise<Measured> {
  const { child, result } = await startLoad(url, count, seed, values.rate);
  const before = treeUsage(pid);
  const rss: number[] = [];
  const sample = (): TreeUsage => {
    const usage = treeUsage(pid);
    rss.push(usage.rssBytes);
    return usage;
  };
  const timer = setInterval(sample, 200);
  child.send('go');
  await new Promise(resolve => child.once('exit', resolve));
  let last = sample();
  const tenth = Math.ceil(rss.length / 10);
  const rssOfTenths = Array.from({ length: 10 }, (_, i) => Math.max(0, ...rss.slice(i * tenth, (i + 1) * tenth)));
  for (;;) {
    await new Promise(resolve => setTimeout(resolve, 1000));
    const now = sample();
    // Idle: less than 5 % of a core.
    if (now.cpuMicros - last.cpuMicros < 50_000) break;
    last = now;
  }
  clearInterval(timer);
  return {
    load: result(),
    cpuMicros: last.cpuMicros - before.cpuMicros,
    peakRssBytes: Math.max(...rss),
    rssOfTenths,
  };
}

/** At half of a rate, in spans a second. */
async function freshness(url: string, rate: number): Promise<Freshness> {
  const { child } = await startLoad(url, Number(values.freshness), 2, String(Math.round(rate / 2)));
  const ended = new Promise(resolve => child.once('exit', resolve));
  child.send('go');
  return measureFreshness(url, ended);
}

const contenders: Contender[] = [];
const capacity = spans + warmup + Number(values.freshness) + 1000;
const jar = zipkinJar();
for (const name of values.servers.split(',')) {
  if (name === 'mem' || name === 'clickhouse') contenders.push(tracekinServer(name, port, capacity));
  else if (name !== 'zipkin' && name !== 'zipkin-es')
    throw new Error(`unknown server ${name}: mem, clickhouse, zipkin or zipkin-es`);
  else if (jar === undefined) console.log('Zipkin left out: scripts/services.sh start zipkin fetches it');
  else if (name === 'zipkin') contenders.push(zipkinServer(jar, port, capacity));
  else contenders.push(zipkinElasticsearchServer(jar, port, values['es-hosts']));
}

interface Row {
  readonly name: string;
  readonly rate: number;
  readonly micros: number;
  readonly measured: Measured;
  readonly firstAnswerSeconds: number;
  readonly fresh: Freshness | undefined;
}

const rows: Row[] = [];
for (const contender of contenders) {
  const server = await start(contender);
  try {
    await load(server.url, warmup, 99, server.pid);
    const measured = await load(server.url, spans, 1, server.pid);
    const rate = measured.load.spans / measured.load.seconds;
    const micros = measured.cpuMicros / measured.load.spans;
    const { firstAnswerSeconds } = server;
    const megabytes = measured.rssOfTenths.map(bytes => Math.round(bytes / 1e6)).join(', ');
    console.log(
      `${contender.name}: ${Math.round(rate)} spans/s, ${micros.toFixed(1)} us/span; RSS MB by tenths: ${megabytes}`,
    );
    const fresh = values.freshness === '0' ? undefined : await freshness(server.url, rate);
    rows.push({ name: contender.name, rate, micros, measured, firstAnswerSeconds, fresh });
  } finally {
    await server.stop();
  }
}

const zipkin = rows.find(({ name }) => name.startsWith('Zipkin') && name.endsWith('memory'));
const table = rows.map(({ name, rate, micros, measured, firstAnswerSeconds, fresh }) => [
  name,
  {
    'spans/s': Math.round(rate).toLocaleString('en'),
    'x Zipkin': zipkin === undefined ? '-' : (rate / zipkin.rate).toFixed(2),
    'CPU us/span': micros.toFixed(1),
    'x Zipkin CPU': zipkin === undefined ? '-' : (micros / zipkin.micros).toFixed(2),
    'peak RSS MB': (measured.peakRssBytes / 1e6).toFixed(0),
    'first 202, s': firstAnswerSeconds.toFixed(2),
    'refused, failed': `${measured.load.refused}, ${measured.load.failed}`,
    ...(fresh !== undefined && { 'searchable after ms: p50, p99, max': `${fresh.p50}, ${fresh.p99}, ${fresh.max}` }),
  },
]);
console.log(
  `\n${spans.toLocaleString('en')} spans of Jaeger's benchmark shape, 100 a request, 8 connections; ${cpus().length} cores (${cpus()[0]?.model})`,
);
console.table(Object.fromEntries(table));
