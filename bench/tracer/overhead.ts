// CPU per request of a small service, untraced and traced by Tracekin, OpenTelemetry and dd-trace, in one interleaved run:
//   node bench/tracer/run.ts overhead [--rounds 5] [--requests 12000] [--only none,tracekin] [--scenarios hello,fetch,local]
// One server process for each measurement, a sink that takes everything, one load generator with 16 connections. CPU is the
// server's own (user and system, all its threads) after a warm-up of a third of the requests.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { load } from './overhead/load.ts';
import { type Variant, variants } from './overhead/variants.ts';
import { root } from './peers.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    requests: { type: 'string', default: '12000' },
    only: { type: 'string' },
    scenarios: { type: 'string', default: 'hello,fetch,local' },
  },
});
const rounds = Number(values.rounds);
const requests = Number(values.requests);

// One server takes the spans and is the upstream of the fetch scenario; it never counts as the service's CPU.
const sink = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    response.statusCode = request.method === 'GET' ? 200 : 202;
    // dd-trace reads rates from the answer to its traces.
    response.end(request.url?.startsWith('/v0') ? '{"rate_by_service":{}}' : 'ok');
  });
});
sink.listen(0, '127.0.0.1');
await once(sink, 'listening');
const sinkUrl = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;

interface Usage {
  readonly cpuMicros: number;
  readonly rssMb: number;
}

async function measure(variant: Variant, scenario: string): Promise<Usage> {
  const child = fork(join(root, 'bench/tracer/overhead/app.cjs'), {
    execArgv: [...variant.execArgv],
    env: { ...process.env, ...variant.env, SCENARIO: scenario, UPSTREAM: `${sinkUrl}/upstream` },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  await load(port, requests / 3);
  child.send('start');
  await load(port, requests);
  // What is still to be encoded or sent belongs to the requests, too.
  await new Promise(resolve => setTimeout(resolve, 1_500));
  child.send('stop');
  const [usage] = (await once(child, 'message')) as [Usage];
  child.disconnect();
  await once(child, 'exit');
  return { ...usage, cpuMicros: usage.cpuMicros / requests };
}

const results = new Map<string, Usage[]>();
const all = variants(values.only?.split(','), sinkUrl);
const scenarios = values.scenarios.split(',');
for (let round = 0; round < rounds; round++) {
  for (const scenario of scenarios) {
    for (const [name, variant] of all) {
      const key = `${scenario}|${name}`;
      const usage = await measure(variant, scenario);
      results.set(key, [...(results.get(key) ?? []), usage]);
    }
  }
}
sink.closeAllConnections();
sink.close();

const cpu = (key: string): number[] => (results.get(key) ?? []).map(usage => usage.cpuMicros).sort((a, b) => a - b);
const median = (sorted: readonly number[]): number => sorted[sorted.length >> 1] ?? Number.NaN;
console.log(`Node ${process.version}, ${rounds} rounds of ${requests} requests; CPU µs per request`);
console.log(
  '| scenario | variant | min | median | added (min) | added (median) | RSS MB |\n|---|---|---|---|---|---|---|',
);
for (const scenario of scenarios) {
  const base = cpu(`${scenario}|none`);
  for (const name of all.keys()) {
    const sorted = cpu(`${scenario}|${name}`);
    const rss = Math.max(...results.get(`${scenario}|${name}`)!.map(usage => usage.rssMb));
    const cells = [
      sorted[0]!,
      median(sorted),
      sorted[0]! - (base[0] ?? Number.NaN),
      median(sorted) - median(base),
      rss,
    ];
    console.log(`| ${scenario} | ${name} | ${cells.map(value => value.toFixed(0)).join(' | ')} |`);
  }
}
