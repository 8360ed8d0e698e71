// `npm run bench -- NAME [options]`: the figures of the README and of docs/, each by one command.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const benches: Readonly<Record<string, readonly [file: string, what: string]>> = {
  ingest: ['ingest/run.ts', 'spans a second and CPU a span over HTTP, ours beside Zipkin'],
  where: ['ingest/where.ts', 'where the time goes from a message to its rows: CPU by process and engine thread'],
  decode: ['codec/decode.ts', 'decoding of every format on one core'],
  storage: ['storage/clickhouse.ts', 'inserts, bytes a span and searches on the ClickHouse engine'],
  queries: ['queries/run.ts', 'searches over HTTP at ten million spans, beside Zipkin and a peer'],
  elasticsearch: ['elasticsearch/run.ts', 'ingest and searches beside Zipkin on one search server'],
  wide: [
    'storage/hard-cases.ts',
    'traces of 100,000 spans, hot services and searches that find nothing on the ClickHouse engine',
  ],
  spool: ['spool/append.ts', 'cost of an append for each sync mode'],
  model: ['model/hot-paths.ts', 'tree, links and memory storage'],
  tracer: ['tracer/run.ts', 'overhead a request beside OpenTelemetry and dd-trace'],
  start: ['server/first-answer.ts', 'time from the command to the first 202'],
  sniffing: ['server/sniffing.ts', 'what HTTP/2 on the same port costs an HTTP/1.1 request'],
  ui: ['ui/trace.ts', 'trace page in headless Chromium beside Zipkin Lens and Jaeger UI'],
};

const [name, ...args] = process.argv.slice(2);
const bench = name === undefined ? undefined : benches[name];
if (bench === undefined) {
  console.log('usage: npm run bench -- NAME [options]\n');
  for (const [known, [, what]] of Object.entries(benches)) console.log(`  ${known.padEnd(9)} ${what}`);
  process.exit(name === undefined || name === '--help' ? 0 : 2);
}
const file = fileURLToPath(new URL(bench[0], import.meta.url));
if (!existsSync(file)) throw new Error(`${bench[0]} is missing`);
const { status } = spawnSync(
  process.execPath,
  ['--disable-warning=ExperimentalWarning', '--expose-gc', file, ...args],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);
