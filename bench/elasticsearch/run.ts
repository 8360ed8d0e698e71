// Zipkin and Tracekin on one OpenSearch or Elasticsearch, one after the other in one run:
//   scripts/services.sh start opensearch2 zipkin && . .cache/services.env
//   npm run bench -- elasticsearch [--quick] [--rates 2000,3000,4000] [--seconds 15] [--only tracekin]
//   npm run bench -- elasticsearch --ceiling     what the search server indexes from a bare bulk loop
// Both climb the same ladder of rates; a rate counts for Zipkin when nothing of it is missing. Compare by ratio: the search server, the
// load generator and the trace server share the machine. Before the first step the search server has taken `--warm` spans from a bulk
// loop and each trace server as many over HTTP, and a step has `--least` spans, since Java and V8 compile for seconds of CPU what is hot.
// --quick takes about five minutes, the whole about twelve.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type Contender, type Started, start, tracekinServer, zipkinJar } from '../ingest/servers.ts';
import { type BulkLoopResult, bulkLoop, type TemplateOf } from './bulk-loop.ts';
import { SearchCluster } from './cluster.ts';
import { climb, type Ladder, type Step } from './ladder.ts';
import { type Loaded, load } from './load.ts';
import { mediansMs, searches } from './searches.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rates: { type: 'string' },
    /** Of one rate. */
    seconds: { type: 'string' },
    /** Sent as fast as they are answered. */
    spans: { type: 'string' },
    /** Spans of a step at least, however low its rate. */
    least: { type: 'string' },
    /** Spans that each server takes before it is measured. */
    warm: { type: 'string' },
    ceiling: { type: 'boolean', default: false },
    /** Leaves Zipkin out. */
    only: { type: 'string' },
    /** Options of Tracekin's process, to profile it. */
    node: { type: 'string', default: '' },
    host: { type: 'string', default: process.env.TRACEKIN_TEST_OPENSEARCH2 ?? 'http://127.0.0.1:9200' },
    port: { type: 'string', default: '27411' },
  },
});
const { host, quick } = values;
const rates = (values.rates ?? (quick ? '2000,4000,6000' : '2000,4000,6000,7000,8000,9000,10000,12000,14000'))
  .split(',')
  .map(Number);
const seconds = Number(values.seconds ?? (quick ? 7 : 15));
const spans = Number(values.spans ?? (quick ? 60_000 : 150_000));
const least = Number(values.least ?? (quick ? 20_000 : 60_000));
const warm = Number(values.warm ?? (quick ? 60_000 : 150_000));
const prefix = `bench-${process.pid}`;
const cluster = new SearchCluster(host);
const startMicros = (Date.now() - 3_600_000) * 1000;
const indexSettings = { ES_HOSTS: host, ES_INDEX_SHARDS: '1', ES_INDEX_REPLICAS: '0' };

function zipkin(port: number, index: string): Contender {
  const jar = zipkinJar();
  if (jar === undefined) throw new Error('scripts/services.sh start zipkin fetches Zipkin');
  const env = { ...indexSettings, QUERY_PORT: String(port), STORAGE_TYPE: 'elasticsearch', ES_INDEX: index };
  return {
    name: 'Zipkin 3.6.1',
    port,
    command: ['java', '-Xmx1g', '-jar', jar],
    env: { ...env, ROOT_LOG_LEVEL: 'ERROR', SPRING_MAIN_BANNER_MODE: 'off' },
  };
}

function tracekin(port: number, index: string): Contender {
  const [node, ...rest] = tracekinServer('mem', port, 0).command.map(word => (word === 'mem' ? 'elasticsearch' : word));
  return {
    name: 'Tracekin',
    port,
    command: [node!, ...values.node.split(' ').filter(Boolean), ...rest],
    env: { ...indexSettings, ES_INDEX: index, TRACEKIN_LOG_LEVEL: 'warn' },
  };
}

const rows: Record<string, Record<string, string>> = {};
function note(name: string, { rate, ...loaded }: Step): void {
  const row = `${name}, ${rate === undefined ? 'as fast as answered' : `${rate}/s`}`;
  rows[row] = {
    'acknowledged/s': Math.round(loaded.acknowledgedPerSecond).toLocaleString('en'),
    'stored/s': Math.round(loaded.storedPerSecond).toLocaleString('en'),
    missing: `${loaded.missing.toLocaleString('en')} (${((loaded.missing / loaded.acknowledged) * 100).toFixed(1)} %)`,
    'CPU us/span': loaded.cpuMicrosPerSpan.toFixed(1),
    "search server's": loaded.searchCpuMicrosPerSpan.toFixed(1),
  };
  console.log(row, rows[row]);
}

let seed = 0;
async function ingest(contender: Contender, index: string): Promise<{ server: Started; ladder: Ladder }> {
  const server = await start(contender);
  const common = { url: server.url, pid: server.pid, index };
  const send = (count: number, rate?: number): Promise<Loaded> => {
    seed += 1;
    // Each load in minutes of its own, so that no trace is sent twice.
    return load(cluster, { ...common, spans: count, rate, seed, startMicros: startMicros + seed * 120_000_000 });
  };
  // Makes the indices, too.
  await send(warm / 2, 5000);
  await send(warm / 2);
  const ladder = await climb(
    rates,
    rate => send(rate === undefined ? spans : Math.max(least, rate * seconds), rate),
    step => note(contender.name, step),
  );
  return { server, ladder };
}

function compare(theirs: Ladder, ours: Ladder): void {
  const times = ours.sustained / theirs.lossless;
  console.log(
    `Nothing missing: Zipkin up to ${theirs.lossless}/s, Tracekin up to ${Math.round(ours.lossless)}/s; Tracekin indexed up to ` +
      `${Math.round(ours.sustained)}/s, ${times.toFixed(2)} times as much (aim: 1.50)`,
  );
  for (const { rate, missing, cpuMicrosPerSpan } of theirs.steps) {
    const same = ours.steps.find(step => step.rate === rate);
    if (same === undefined || missing + same.missing > 0) continue;
    const at = rate === undefined ? 'as fast as answered' : `${rate}/s`;
    const [a, b] = [same.cpuMicrosPerSpan, cpuMicrosPerSpan];
    console.log(
      `CPU a span at ${at}: ${a.toFixed(1)} of Zipkin's ${b.toFixed(1)} us, ${(a / b).toFixed(2)} (aim: 0.33)`,
    );
  }
}

/** Loops with both templates in turn, so that what the machine does meanwhile meets both. */
async function ceiling(rounds: number, count: number): Promise<Record<string, Record<string, string>>> {
  const best: Partial<Record<TemplateOf, BulkLoopResult>> = {};
  for (let round = 0; round < 2 * rounds; round += 1) {
    const templateOf = round % 2 === 0 ? 'Zipkin' : 'Tracekin';
    const result = await bulkLoop(cluster, {
      host,
      prefix: `${prefix}-loop`,
      spans: count,
      seed: round + 1,
      templateOf,
    });
    if (result.perSecond > (best[templateOf]?.perSecond ?? 0)) best[templateOf] = result;
  }
  return Object.fromEntries(
    Object.entries(best).map(([templateOf, { perSecond, cpuMicrosPerSpan }]) => [
      `bare bulk loop, template of ${templateOf}`,
      {
        'stored/s': Math.round(perSecond).toLocaleString('en'),
        "search server's CPU us/span": cpuMicrosPerSpan.toFixed(1),
      },
    ]),
  );
}

try {
  const version = await cluster.describe();
  if (values.ceiling) {
    console.log(`${version}; best of several rounds`);
    console.table(await ceiling(Math.ceil(warm / 30_000) + 2, 30_000));
    process.exit();
  }
  const port = Number(values.port);
  const loops = await ceiling(Math.ceil(warm / 60_000), 30_000);
  console.table(loops);
  let theirs: Ladder | undefined;
  if (values.only === undefined) {
    const peer = await ingest(zipkin(port, `${prefix}-zipkin`), `${prefix}-zipkin`);
    theirs = peer.ladder;
    await peer.server.stop();
    await cluster.drop(`${prefix}-zipkin`);
  }
  const { server: ours, ladder } = await ingest(tracekin(port + 1, `${prefix}-ours`), `${prefix}-ours`);
  const times: Record<string, Record<string, string>> = {};
  if (values.only === undefined) {
    // Both search the same data, which only Tracekin stored in full.
    const peer = await start(zipkin(port, `${prefix}-ours`));
    const found = (await (
      await fetch(`${ours.url}/api/v2/traces?limit=1&serviceName=service-3&lookback=86400000`)
    ).json()) as { traceId: string }[][];
    const endTs = Math.floor(startMicros / 1000) + 3_600_000;
    for (const [name, path] of Object.entries(searches(found[0]![0]!.traceId, endTs))) {
      const [a = 0, b = 0] = await mediansMs([peer.url, ours.url], path);
      times[name] = { 'Zipkin ms': a.toFixed(1), 'Tracekin ms': b.toFixed(1), ratio: (b / a).toFixed(2) };
    }
    await peer.stop();
  }
  await ours.stop();
  console.log(
    `\n${version}; Jaeger's benchmark shape, 100 spans a request; ${cpus().length} cores (${cpus()[0]?.model})`,
  );
  console.table(loops);
  console.table(rows);
  if (theirs !== undefined) compare(theirs, ladder);
  console.table(times);
} finally {
  await cluster.drop(prefix);
}
