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

/** A server that is asked. */
export interface Target {
  readonly name: string;
  readonly url: string;
  /** Root of its process tree; absent: its CPU and memory are not known. */
  readonly pid?: number | undefined;
  readonly data: Data;
  readonly dialect: Dialect;
}

export interface Measured {
  readonly figures: Map<string, Figure>;
  /** While it answered. */
  peakRssBytes: number;
}

/**
 * Asks everything, one question after another and the servers in turn, so that whatever else the machine does meets all of
 * them alike.
 */
export async function measure(targets: readonly Target[]): Promise<ReadonlyMap<string, Measured>> {
  const all = new Map<string, Measured>(targets.map(({ name }) => [name, { figures: new Map(), peakRssBytes: 0 }]));
  const asked = new Map(targets.map(target => [target, questions(target.data, target.dialect)]));
  for (const name of asked.get(targets[0]!)!.keys()) {
    const rows = targets.flatMap(target => {
      const pathOf = asked.get(target)!.get(name)!;
      return pathOf(0) === undefined
        ? []
        : [{ target, pathOf, times: [] as number[], cpu: 0, body: Buffer.alloc(0) as Buffer }];
    });
    for (let run = 0; run < RUNS + WARM_UP; run++) {
      for (const row of rows) {
        // What takes seconds is told apart from what takes milliseconds by fewer runs.
        if (row.times.some(time => time > 3_000)) continue;
        const before = usage(row.target);
        const start = performance.now();
        row.body = await fetchAll(`${row.target.url}${row.pathOf(run)}`);
        const took = performance.now() - start;
        const after = usage(row.target);
        const measured = all.get(row.target.name)!;
        measured.peakRssBytes = Math.max(measured.peakRssBytes, after.rssBytes);
        if (run < WARM_UP) continue;
        row.times.push(took);
        row.cpu += after.cpuMicros - before.cpuMicros;
      }
    }
    const isList = name !== 'trace by id' && name !== 'services' && name !== 'links, 24 h';
    for (const { target, times, cpu, body } of rows) {
      times.sort((a, b) => a - b);
      all.get(target.name)!.figures.set(name, {
        medianMs: times[times.length >> 1]!,
        slowestMs: times.at(-1)!,
        cpuMs: cpu / 1000 / times.length,
        traces: isList ? target.dialect.count(body.toString()) : 1,
        bytes: body.length,
      });
    }
  }
  return all;
}

function usage({ pid }: Target): TreeUsage {
  return pid === undefined ? { cpuMicros: 0, rssBytes: 0 } : treeUsage(pid);
}
