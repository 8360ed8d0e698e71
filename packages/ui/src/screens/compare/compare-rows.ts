import type { TraceDiff } from '../../kernel/compare.ts';

export type DiffState = 'onlyA' | 'onlyB' | 'changed' | 'same';

/** Below this part of the larger time a difference is noise. */
const NOISE = 0.05;

export function diffState(diff: TraceDiff, node: number): DiffState {
  if (diff.rowsB[node] === 0) return 'onlyA';
  if (diff.rowsA[node] === 0) return 'onlyB';
  const a = diff.timeA[node] as number;
  const b = diff.timeB[node] as number;
  if (diff.rowsA[node] !== diff.rowsB[node] || diff.errorsA[node] !== diff.errorsB[node]) return 'changed';
  return Math.abs(a - b) > NOISE * Math.max(a, b) ? 'changed' : 'same';
}

/** µs that A took longer than B; negative when it was faster. */
export function delta(diff: TraceDiff, node: number): number {
  return (diff.timeA[node] as number) - (diff.timeB[node] as number);
}

export function selfDelta(diff: TraceDiff, node: number): number {
  return (diff.selfA[node] as number) - (diff.selfB[node] as number);
}

export interface DiffOptions {
  readonly order: 'tree' | 'delta';
  readonly onlyDifferences: boolean;
  readonly collapsed: ReadonlySet<number>;
}

/**
 * The nodes to show. By tree: without what is collapsed, and with the ancestors of each difference. By Δ: flat, the largest
 * difference of own time first, because a parent's difference is that of its children again.
 */
export function diffRows(diff: TraceDiff, { order, onlyDifferences, collapsed }: DiffOptions): Int32Array {
  const keep = new Uint8Array(diff.count).fill(1);
  if (onlyDifferences) {
    for (let n = diff.count - 1; n >= 0; n--) {
      // A node is kept for itself or because one below it was.
      const marked = keep[n] === 2;
      if (!marked && diffState(diff, n) === 'same') keep[n] = 0;
      else if (order === 'tree' && (diff.parent[n] as number) >= 0) keep[diff.parent[n] as number] = 2;
    }
  }
  const rows: number[] = [];
  for (let n = 0; n < diff.count; ) {
    if (keep[n] !== 0) rows.push(n);
    n += order === 'tree' && collapsed.has(n) ? (diff.size[n] as number) : 1;
  }
  if (order === 'delta') rows.sort((a, b) => Math.abs(selfDelta(diff, b)) - Math.abs(selfDelta(diff, a)) || a - b);
  return Int32Array.from(rows);
}
