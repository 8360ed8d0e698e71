// Zipkin and Tracekin on one OpenSearch or Elasticsearch, one after the other in one run:
//   scripts/services.sh start opensearch2 && . .cache/services.env
//   npm run bench -- elasticsearch [--spans 100000] [--rates 3000,4500,6000] [--paced-seconds 10]
// Compare by ratio: the search server, the load generator and the trace server share the machine.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type Contender, type Started, start, tracekinServer, zipkinJar } from '../ingest/servers.ts';
import { SearchCluster } from './cluster.ts';
import { type Loaded, load } from './load.ts';
import { mediansMs, searches } from './searches.ts';

const { values } = parseArgs({
  options: {
    spans: { type: 'string', default: '100000' },
    rates: { type: 'string', default: '3000,4500,6000' },
    'paced-seconds': { type: 'string', default: '10' },
    /** Leaves Zipkin's ingest out. */
    only: { type: 'string' },
    host: { type: 'string', default: process.env.TRACEKIN_TEST_OPENSEARCH2 ?? 'http://127.0.0.1:9200' },
  },
});
const { host } = values;
const spans = Number(values.spans);
const rates = values.rates.split(',').filter(Boolean).map(Number);
const prefix = `bench-${process.pid}`;
const cluster = new SearchCluster(host);
const startMicros = (Date.now() - 600_000) * 1000;

function zipkin(port: number, index: string): Contender {
  const jar = zipkinJar();
  if (jar === undefined) throw new Error('scripts/services.sh start zipkin fetches Zipkin');
  const env = { QUERY_PORT: String(port), STORAGE_TYPE: 'elasticsearch', ES_HOSTS: host, ES_INDEX: index };
  return {
    name: 'Zipkin 3.6.1',
    port,
    command: ['java', '-Xmx1g', '-jar', jar],
    env: { ...env, ROOT_LOG_LEVEL: 'ERROR', SPRING_MAIN_BANNER_MODE: 'off' },
  };
}

function tracekin(port: number, index: string): Contender {
  const { command } = tracekinServer('mem', port, 0);
  return {
    name: 'Tracekin',
    port,
    command: command.map(word => (word === 'mem' ? 'elasticsearch' : word)) as unknown as Contender['command'],
    env: { ES_HOSTS: host, ES_INDEX: index, TRACEKIN_LOG_LEVEL: 'warn' },
  };
}

const rows: Record<string, Record<string, string>> = {};
function note(name: string, rate: number | undefined, loaded: Loaded): void {
  const row = `${name}, ${rate === undefined ? 'as fast as answered' : `${rate}/s`}`;
  rows[row] = {
    'acknowledged/s': Math.round(loaded.acknowledgedPerSecond).toLocaleString('en'),
    'stored/s': Math.round(loaded.storedPerSecond).toLocaleString('en'),
    missing: `${loaded.missing.toLocaleString('en')} (${((loaded.missing / loaded.acknowledged) * 100).toFixed(1)} %)`,
    'CPU us/span': loaded.cpuMicrosPerSpan.toFixed(1),
  };
  console.log(row, rows[row]);
}

let seed = 0;
async function ingest(contender: Contender, index: string): Promise<Started> {
  const server = await start(contender);
  const common = { url: server.url, pid: server.pid, index };
  const send = (count: number, rate?: number): Promise<Loaded> => {
    seed += 1;
    // Each load in a minute of its own, so that no trace is sent twice.
    return load(cluster, { ...common, spans: count, rate, seed, startMicros: startMicros + seed * 60_000_000 });
  };
  // Makes the indices and warms both sides up.
  await send(spans / 5);
  for (const rate of rates) note(contender.name, rate, await send(rate * Number(values['paced-seconds']), rate));
  note(contender.name, undefined, await send(spans));
  return server;
}

try {
  const version = await cluster.describe();
  if (values.only === undefined) {
    const theirs = await ingest(zipkin(27411, `${prefix}-zipkin`), `${prefix}-zipkin`);
    await theirs.stop();
  }
  const ours = await ingest(tracekin(27412, `${prefix}-ours`), `${prefix}-ours`);
  // Both search the same data, which only Tracekin stored in full.
  const peer = await start(zipkin(27411, `${prefix}-ours`));
  const found = (await (
    await fetch(`${ours.url}/api/v2/traces?limit=1&serviceName=service-3&lookback=86400000`)
  ).json()) as {
    traceId: string;
  }[][];
  const endTs = Math.floor(startMicros / 1000) + 3_600_000;
  const times: Record<string, Record<string, string>> = {};
  for (const [name, path] of Object.entries(searches(found[0]![0]!.traceId, endTs))) {
    const [a = 0, b = 0] = await mediansMs([peer.url, ours.url], path);
    times[name] = { 'Zipkin ms': a.toFixed(1), 'Tracekin ms': b.toFixed(1), ratio: (b / a).toFixed(2) };
  }
  await peer.stop();
  await ours.stop();
  console.log(
    `\n${version}; Jaeger's benchmark shape, 100 spans a request; ${cpus().length} cores (${cpus()[0]?.model})`,
  );
  console.table(rows);
  console.table(times);
} finally {
  await cluster.drop(prefix);
}
