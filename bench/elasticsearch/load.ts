import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { treeUsage } from '../process-tree.ts';
import type { SearchCluster } from './cluster.ts';

const loader = fileURLToPath(new URL('../ingest/load.ts', import.meta.url));

export interface LoadOptions {
  readonly url: string;
  /** The trace server's process. */
  readonly pid: number;
  readonly index: string;
  readonly spans: number;
  readonly seed: number;
  /** Spans a second; absent as fast as they are answered. */
  readonly rate?: number | undefined;
  readonly startMicros: number;
}

export interface Loaded {
  readonly acknowledged: number;
  readonly acknowledgedPerSecond: number;
  /** Acknowledged and never found in the index. */
  readonly missing: number;
  /** From the first request until the last span was indexed. */
  readonly storedPerSecond: number;
  /** Of the trace server alone, until everything it will store is stored; by spans that were stored. */
  readonly cpuMicrosPerSpan: number;
  /** Of the search server in the same time. */
  readonly searchCpuMicrosPerSpan: number;
}

/** Sends spans to a server and waits until the index no longer grows. */
export async function load(cluster: SearchCluster, options: LoadOptions): Promise<Loaded> {
  const { url, pid, index, spans, seed, rate, startMicros } = options;
  const args = ['--url', url, '--spans', String(spans), '--seed', String(seed), '--start', String(startMicros)];
  if (rate !== undefined) args.push('--rate', String(rate));
  const child = fork(loader, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  let output = '';
  child.stdout?.on('data', chunk => {
    output += chunk;
  });
  await new Promise(resolve => child.once('message', resolve));
  const before = await cluster.spans(index);
  const [cpuBefore, searchCpuBefore] = [treeUsage(pid).cpuMicros, await cluster.cpuMicros()];
  const started = performance.now();
  child.send('go');
  await new Promise(resolve => child.once('exit', resolve));
  const result = JSON.parse(output) as { spans: number; seconds: number; failed: number };
  // `failed` counts messages of 100 spans.
  const acknowledged = result.spans - result.failed * 100;
  const { count, at } = await cluster.settled(index, before + acknowledged);
  const stored = count - before;
  return {
    acknowledged,
    acknowledgedPerSecond: acknowledged / result.seconds,
    missing: acknowledged - stored,
    storedPerSecond: stored / ((at - started) / 1000),
    cpuMicrosPerSpan: (treeUsage(pid).cpuMicros - cpuBefore) / stored,
    searchCpuMicrosPerSpan: ((await cluster.cpuMicros()) - searchCpuBefore) / stored,
  };
}
