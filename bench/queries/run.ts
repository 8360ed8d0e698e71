// Searches over HTTP, the whole answer read: medians of 15, limit 20, warm, beside Zipkin's memory storage and a peer that runs already:
//   npm run bench -- queries [--spans 10000000] [--zipkin-spans 1000000] [--data DIR] [--load]
//     [--peer http://127.0.0.1:10428/select/jaeger [--peer-pid PID]] [--start MICROS]
// `--data` keeps the loaded directory and uses it again; `--load` only loads. A peer with Jaeger's query API is expected to hold the same spans:
// `node bench/queries/send.ts --format otlp-proto --start … --spans …` loads it, with the start that this command prints.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Span } from '@tracekin/model';
import { openClickHouseStorage } from '../../packages/storage-clickhouse/src/index.ts';
import { zipkinJar, zipkinServer } from '../ingest/servers.ts';
import { treeUsage } from '../process-tree.ts';
import { type Data, endMicros, messages } from './data.ts';
import { jaegerDialect, zipkinDialect } from './dialect.ts';
import { diskBytes } from './disk.ts';
import { fetchAll, type Measured, measure, questions, type Target } from './measure.ts';

const { values } = parseArgs({
  options: {
    spans: { type: 'string', default: '10000000' },
    'zipkin-spans': { type: 'string', default: '1000000' },
    data: { type: 'string' },
    load: { type: 'boolean', default: false },
    peer: { type: 'string' },
    'peer-pid': { type: 'string' },
    start: { type: 'string' },
    port: { type: 'string', default: '29421' },
  },
});
const BATCH_SPANS = 80_000;
const port = Number(values.port);
const sender = fileURLToPath(new URL('send.ts', import.meta.url));
const main = fileURLToPath(new URL('../../packages/server/bin/tracekin.ts', import.meta.url));

interface Server {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Waits for the first answer of the query API. */
async function start(command: readonly string[], env: Record<string, string>): Promise<Server> {
  const child = spawn(command[0]!, command.slice(1), {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  const deadline = performance.now() + 120_000;
  while (!(await fetchAll(`${url}/api/v2/services`).catch(() => undefined))) {
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(`${command.join(' ')} does not answer`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  return {
    url,
    pid: child.pid!,
    async stop() {
      const ended = new Promise(resolve => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function ours(dataDir: string): Promise<Server> {
  const command = [process.execPath, main, 'serve', '--port', String(port), '--data', dataDir, '--retention-days', '0'];
  return start(command, { TRACEKIN_LOG_LEVEL: 'warn', QUERY_TIMEOUT: '60s' });
}

/** Until what was accepted is stored, merged and linked: the process tree is idle for three seconds. */
async function idle(pid: number): Promise<void> {
  for (let quiet = 0; quiet < 3; ) {
    const before = treeUsage(pid).cpuMicros;
    await new Promise(resolve => setTimeout(resolve, 1000));
    // 5 % of a core.
    quiet = treeUsage(pid).cpuMicros - before < 50_000 ? quiet + 1 : 0;
  }
}

/** Straight into storage, in batches of the size that the server's writer makes. */
async function fill(folder: string, data: Data): Promise<void> {
  const began = performance.now();
  await using storage = openClickHouseStorage({
    dataDir: folder,
    strictTraceId: true,
    searchEnabled: true,
    autocompleteKeys: [],
    log: (level, message) => level !== 'info' && console.error(message),
  });
  let batch: Span[] = [];
  let written = 0;
  const write = async (): Promise<void> => {
    await storage.write({ id: `bench-${written}`, spans: batch });
    written += batch.length;
    batch = [];
  };
  for (const message of messages(data)) {
    batch.push(...message);
    if (batch.length >= BATCH_SPANS) await write();
  }
  if (batch.length > 0) await write();
  await storage.settleLinks();
  await idle(process.pid);
  console.log(`${written.toLocaleString('en')} spans loaded in ${Math.round((performance.now() - began) / 1000)} s`);
}

/** Over HTTP. */
async function load(server: Server, { spans, startMicros }: Data): Promise<void> {
  const began = performance.now();
  const args = ['--url', `${server.url}/api/v2/spans`, '--spans', String(spans), '--start', String(startMicros)];
  const { status } = spawnSync(process.execPath, [sender, ...args], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`loading ended with ${status}`);
  await idle(server.pid);
  console.log(`${spans.toLocaleString('en')} spans loaded in ${Math.round((performance.now() - began) / 1000)} s`);
}

/** The data that a directory holds, loading it first where needed. */
async function prepare(dataDir: string): Promise<Data> {
  const note = join(dataDir, 'bench-queries.json');
  if (existsSync(note)) return JSON.parse(readFileSync(note, 'utf8')) as Data;
  const spans = Number(values.spans);
  const data = { spans, startMicros: Number(values.start ?? (Date.now() - spans - 60_000) * 1000) };
  mkdirSync(dataDir, { recursive: true });
  await fill(dataDir, data);
  writeFileSync(note, JSON.stringify(data));
  return data;
}

const dataDir = values.data ?? mkdtempSync(join(tmpdir(), 'tracekin-bench-'));
const results = new Map<string, Measured>();
const notes: string[] = [];
try {
  const data = await prepare(dataDir);
  console.log(`--start ${data.startMicros} --spans ${data.spans}, last trace at ${endMicros(data)}`);
  if (!values.load) {
    await measureOurs(data);
    if (Number(values['zipkin-spans']) > 0) await measureZipkin(data);
    print();
  }
} finally {
  if (values.data === undefined) rmSync(dataDir, { recursive: true, force: true });
}

/** Ours, and the peer if there is one. */
async function measureOurs(data: Data): Promise<void> {
  const server = await ours(dataDir);
  await idle(server.pid);
  const rss = treeUsage(server.pid).rssBytes;
  const targets: Target[] = [{ name: 'Tracekin', ...server, data, dialect: zipkinDialect(data) }];
  if (values.peer !== undefined) {
    const { origin, pathname } = new URL(values.peer);
    const pid = values['peer-pid'] === undefined ? undefined : Number(values['peer-pid']);
    targets.push({ name: 'peer', url: origin, pid, data, dialect: jaegerDialect(data, pathname.replace(/\/$/, '')) });
  }
  for (const [name, measured] of await measure(targets)) {
    results.set(name, measured);
    notes.push(`${name}: at most ${Math.round(measured.peakRssBytes / 1e6)} MB resident while it answered`);
  }
  notes.push(
    `Tracekin: ${(diskBytes(dataDir) / data.spans).toFixed(1)} bytes a span, all files; ${Math.round(rss / 1e6)} MB at rest`,
  );
  await server.stop();
}

async function measureZipkin(data: Data): Promise<void> {
  const jar = zipkinJar();
  if (jar === undefined) {
    console.log('Zipkin left out: scripts/services.sh start zipkin fetches it');
    return;
  }
  const fewer: Data = { ...data, spans: Math.min(data.spans, Number(values['zipkin-spans'])) };
  const { command, env } = zipkinServer(jar, port, fewer.spans + 1_000);
  const server = await start(command, { ...env, QUERY_TIMEOUT: '60s' });
  await load(server, fewer);
  const [measured] = (
    await measure([{ name: 'Zipkin', ...server, data: fewer, dialect: zipkinDialect(fewer) }])
  ).values();
  results.set('Zipkin', measured!);
  notes.push(
    `Zipkin, memory, holds ${fewer.spans.toLocaleString('en')} of them in ${Math.round(measured!.peakRssBytes / 1e6)} MB`,
  );
  await server.stop();
}

function print(): void {
  const rows: Record<string, Record<string, string | number>> = {};
  const mine = results.get('Tracekin')?.figures;
  for (const name of questions(
    { spans: 1000, startMicros: 0 },
    zipkinDialect({ spans: 1000, startMicros: 0 }),
  ).keys()) {
    const row: Record<string, string | number> = {};
    const own = mine?.get(name);
    if (own !== undefined) {
      row['Tracekin, ms'] = own.medianMs.toFixed(1);
      row.slowest = own.slowestMs.toFixed(1);
      row['CPU ms'] = own.cpuMs.toFixed(1);
      row.traces = own.traces;
      row.KB = Math.round(own.bytes / 1000);
    }
    for (const [other, { figures }] of results) {
      const figure = figures.get(name);
      if (other === 'Tracekin' || figure === undefined) continue;
      row[`${other}, ms`] = figure.medianMs.toFixed(1);
      if (figure.cpuMs > 0) row[`${other}, CPU ms`] = figure.cpuMs.toFixed(1);
      if (own !== undefined) row[`x ${other}`] = (figure.medianMs / own.medianMs).toFixed(2);
      else row.traces = figure.traces;
    }
    rows[name] = row;
  }
  console.table(rows);
  for (const note of notes) console.log(note);
  console.log(`${cpus().length} cores (${cpus()[0]?.model}); "x" is how many times as long the other one takes`);
}
