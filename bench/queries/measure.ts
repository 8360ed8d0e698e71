import { Agent, get } from 'node:http';
import { type TreeUsage, treeUsage } from '../process-tree.ts';
import { type Data, samples } from './data.ts';
import type { Dialect } from './dialect.ts';

/** A row of the table for one server; undefined where it cannot be asked that. */
export interface Figure {
  readonly medianMs: number;
  readonly slowestMs: number;
  /** Of the server's process tree, for one answer. */
  readonly cpuMs: number;
  readonly traces: number;
  readonly bytes: number;
}

const RUNS = 15;
const WARM_UP = 3;
const HOUR_MS = 3_600_000;

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** Resolves to the whole answer. No encoding is offered, so none is spent on. */
export function fetchAll(url: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, response => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`${url}: ${response.statusCode} ${body.toString('utf8', 0, 200)}`));
      });
    }).on('error', reject);
  });
}

/** The questions, by the names of the rows; each run asks for another sample. */
export function questions(data: Data, dialect: Dialect): ReadonlyMap<string, (run: number) => string | undefined> {
  const spans = samples(data);
  const sample = (run: number) => spans[(run * 37) % spans.length]!;
  const requestId = (run: number): readonly [string, string] => ['request.id', sample(run).tags!['request.id']!];
  const serviceOf = (run: number): string => sample(run).localEndpoint!.serviceName!;
  const pod = (run: number): readonly [string, string] => ['k8s.pod.name', `pod-${run % 50}`];
  const region = (run: number): readonly [string, string] => ['cloud.region', `region-${run % 10}`];
  const service = 'service-3';
  const { search } = dialect;
  return new Map<string, (run: number) => string | undefined>([
    ['trace by id', run => dialect.trace(sample(run).traceId)],
    ['service, 1 h', () => search({ service, lookback: HOUR_MS })],
    ['service, all', () => search({ service })],
    ['service and span name', run => search({ service, spanName: `get /api/v1/operation-${run % 10}` })],
    ['rare tag', run => search({ tag: requestId(run) })],
    ['rare tag of a service', run => search({ service: serviceOf(run), tag: requestId(run) })],
    ['2 % tag', run => search({ tag: pod(run) })],
    ['2 % tag of a service', run => search({ service, tag: pod(run) })],
    ['10 % tag of a service', run => search({ service, tag: region(run) })],
    ['tag key', () => search({ annotation: 'request.id' })],
    ['no criteria', () => search({})],
    ['duration', () => search({ minDuration: 11_000 })],
    ['no such value', run => search({ service, tag: ['request.id', `nowhere-${run}`] })],
    ['impossible duration', () => search({ minDuration: 1e12 })],
    ['services', () => dialect.services],
    ['links, 24 h', () => dialect.links],
  ]);
}

export interface Measured {
  readonly figures: ReadonlyMap<string, Figure>;
  readonly peakRssBytes: number;
}

/** Asks everything, one question after another, and watches the server's memory meanwhile. */
export async function measure(url: string, pid: number | undefined, data: Data, dialect: Dialect): Promise<Measured> {
  const usage = (): TreeUsage => (pid === undefined ? { cpuMicros: 0, rssBytes: 0 } : treeUsage(pid));
  const figures = new Map<string, Figure>();
  let peakRssBytes = 0;
  for (const [name, pathOf] of questions(data, dialect)) {
    if (pathOf(0) === undefined) continue;
    const times: number[] = [];
    let body: Buffer = Buffer.alloc(0);
    let before = usage();
    for (let run = 0; run < RUNS + WARM_UP; run++) {
      if (run === WARM_UP) before = usage();
      const start = performance.now();
      body = await fetchAll(`${url}${pathOf(run)}`);
      const took = performance.now() - start;
      if (run >= WARM_UP) times.push(took);
      // What takes seconds is told apart from what takes milliseconds by fewer runs.
      if (took > 3_000 && times.length >= 1) break;
    }
    const after = usage();
    peakRssBytes = Math.max(peakRssBytes, after.rssBytes);
    times.sort((a, b) => a - b);
    const isList = name !== 'trace by id' && name !== 'services' && name !== 'links, 24 h';
    figures.set(name, {
      medianMs: times[times.length >> 1]!,
      slowestMs: times.at(-1)!,
      cpuMs: (after.cpuMicros - before.cpuMicros) / 1000 / times.length,
      traces: isList ? dialect.count(body.toString()) : 1,
      bytes: body.length,
    });
  }
  return { figures, peakRssBytes };
}
