import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second of /proc's times; 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** What a process and all its descendants used so far. Linux only. */
export interface TreeUsage {
  /** User and system time, microseconds. */
  readonly cpuMicros: number;
  /** Resident memory now, bytes, summed; shared pages count in each process. */
  readonly rssBytes: number;
}

function field(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}

/** The processes below and including `root` that are alive. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = field(Number(entry), 'stat');
    const parent = Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (Number.isNaN(parent)) continue;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [Number(entry)]);
    else siblings.push(Number(entry));
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** Sums over the living processes of a tree and what their ended children used. */
export function treeUsage(root: number): TreeUsage {
  let ticks = 0;
  let rssBytes = 0;
  for (const pid of processTree(root)) {
    const stat = field(pid, 'stat');
    if (stat === undefined) continue;
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // utime, stime, cutime, cstime: fields 14 to 17 of proc(5), which start here after the first two.
    for (const position of [11, 12, 13, 14]) ticks += Number(fields[position]);
    rssBytes += Number(/VmRSS:\s+(\d+)/.exec(field(pid, 'status') ?? '')?.[1] ?? 0) * 1024;
  }
  return { cpuMicros: (ticks / ticksPerSecond) * 1e6, rssBytes };
}
