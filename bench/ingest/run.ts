// Spans a second, CPU a span, memory and time to the first 202, over HTTP with JSON v2 in batches of 100 spans:
//   npm run bench -- ingest [--spans 1000000] [--servers mem,clickhouse,zipkin] [--rate SPANS_PER_S]
// All servers run one after another in one run on one machine, the load generator beside them; compare by ratio.
import { fork } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type TreeUsage, treeUsage } from '../process-tree.ts';
import { type Contender, start, tracekinServer, zipkinJar, zipkinServer } from './servers.ts';

const { values } = parseArgs({
  options: {
    spans: { type: 'string', default: '1000000' },
    warmup: { type: 'string', default: '200000' },
    servers: { type: 'string', default: 'zipkin,mem,clickhouse' },
    rate: { type: 'string' },
  },
});
const spans = Number(values.spans);
const warmup = Number(values.warmup);
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
}

/** Prepares the messages before the clock starts, then sends them. */
async function load(url: string, count: number, seed: number, pid: number): Promise<Measured> {
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
  if (values.rate !== undefined) args.push('--rate', values.rate);
  const child = fork(loader, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  let output = '';
  child.stdout?.on('data', chunk => {
    output += chunk;
  });
  await new Promise(resolve => child.once('message', resolve));
  const before = treeUsage(pid);
  let peakRssBytes = 0;
  const sample = (): TreeUsage => {
    const usage = treeUsage(pid);
    peakRssBytes = Math.max(peakRssBytes, usage.rssBytes);
    return usage;
  };
  const timer = setInterval(sample, 200);
  child.send('go');
  await new Promise(resolve => child.once('exit', resolve));
  let last = sample();
  for (;;) {
    await new Promise(resolve => setTimeout(resolve, 1000));
    const now = sample();
    // Idle: less than 5 % of a core.
    if (now.cpuMicros - last.cpuMicros < 50_000) break;
    last = now;
  }
  clearInterval(timer);
  return { load: JSON.parse(output) as LoadResult, cpuMicros: last.cpuMicros - before.cpuMicros, peakRssBytes };
}

const contenders: Contender[] = [];
const capacity = spans + warmup + 1000;
for (const name of values.servers.split(',')) {
  if (name === 'mem' || name === 'clickhouse') contenders.push(tracekinServer(name, 29411, capacity));
  else if (name === 'zipkin') {
    const jar = zipkinJar();
    if (jar === undefined) console.log('Zipkin left out: scripts/services.sh start zipkin fetches it');
    else contenders.push(zipkinServer(jar, 29411, capacity));
  } else throw new Error(`unknown server ${name}: mem, clickhouse or zipkin`);
}

const rows: Record<string, Record<string, string>> = {};
for (const contender of contenders) {
  const server = await start(contender);
  try {
    await load(server.url, warmup, 99, server.pid);
    const { load: result, cpuMicros, peakRssBytes } = await load(server.url, spans, 1, server.pid);
    rows[contender.name] = {
      'spans/s': Math.round(result.spans / result.seconds).toLocaleString('en'),
      'CPU us/span': (cpuMicros / result.spans).toFixed(1),
      'peak RSS MB': (peakRssBytes / 1e6).toFixed(0),
      'first 202, s': server.firstAnswerSeconds.toFixed(2),
      refused: String(result.refused),
      failed: String(result.failed),
    };
    console.log(contender.name, rows[contender.name]);
  } finally {
    await server.stop();
  }
}
console.log(
  `\n${spans.toLocaleString('en')} spans of Jaeger's benchmark shape, 100 a request, 8 connections; ${cpus().length} cores (${cpus()[0]?.model})`,
);
console.table(rows);
