import { Float64Column, Int32Column } from './columns.ts';
import { ERROR, type Trace } from './trace.ts';

/**
 * Siblings that repeat the same operation (the N+1 query), drawn as one row. Members of group `g` are
 * `members[memberEnd[g-1] .. memberEnd[g]]`, in row order. The window from first start to last end is not an operation:
 * the screen draws it dashed and says how many there are.
 */
export interface Repeats {
  readonly count: number;
  readonly groupOf: Int32Array;
  readonly memberEnd: Int32Array;
  readonly members: Int32Array;
  /** µs from the trace start. */
  readonly windowStart: Float64Array;
  readonly windowEnd: Float64Array;
  /** µs: shortest, middle, longest and all together. */
  readonly min: Float64Array;
  readonly median: Float64Array;
  readonly max: Float64Array;
  readonly total: Float64Array;
}

/** From here on siblings are worth folding; fewer are easier to read one by one. */
const LEAST = 5;

/**
 * Groups of at least five siblings with the same service and name. Errors stay out and so does what takes more than
 * three times the 95th percentile of its siblings: the ones a reader is looking for must not hide in a group.
 */
export function groupRepeats(trace: Trace): Repeats {
  const { count, parent, service, name, duration, flags } = trace;
  const groupOf = new Int32Array(count).fill(-1);
  // Key of a candidate: parent, service and name. Linked lists of rows per key, newest first.
  const heads = new Map<string, number>();
  const next = new Int32Array(count).fill(-1);
  const size = new Map<number, number>();
  const childCount = new Int32Array(count + 1);
  for (let i = 0; i < count; i++) childCount[(parent[i] as number) + 1] = (childCount[(parent[i] as number) + 1] as number) + 1;
  const keys: number[] = [];
  for (let i = 0; i < count; i++) {
    if ((childCount[(parent[i] as number) + 1] as number) < LEAST || (flags[i] as number) & ERROR) continue;
    const key = `${parent[i]} ${service[i]} ${name[i]}`;
    const head = heads.get(key);
    if (head === undefined) {
      heads.set(key, i);
      keys.push(i);
      size.set(i, 1);
    } else {
      // Insert behind the head: order is restored by the sort below.
      next[i] = next[head] as number;
      next[head] = i;
      size.set(head, (size.get(head) as number) + 1);
    }
  }

  const members = new Int32Column();
  const memberEnd = new Int32Column();
  const stats = { start: new Float64Column(), end: new Float64Column(), min: new Float64Column(), median: new Float64Column() };
  const max = new Float64Column();
  const total = new Float64Column();
  for (const head of keys) {
    if ((size.get(head) as number) < LEAST) continue;
    const rows: number[] = [];
    for (let i = head; i >= 0; i = next[i] as number) rows.push(i);
    rows.sort((a, b) => a - b);
    const sorted = Float64Array.from(rows, row => duration[row] as number).sort();
    const limit = 3 * Math.max(1, sorted[Math.floor((sorted.length - 1) * 0.95)] as number);
    const kept = rows.filter(row => (duration[row] as number) <= limit);
    if (kept.length < LEAST) continue;
    const group = memberEnd.length;
    let start = Number.POSITIVE_INFINITY;
    let end = 0;
    let sum = 0;
    for (const row of kept) {
      groupOf[row] = group;
      members.push(row);
      start = Math.min(start, trace.start[row] as number);
      end = Math.max(end, (trace.start[row] as number) + (duration[row] as number));
      sum += duration[row] as number;
    }
    memberEnd.push(members.length);
    stats.start.push(start);
    stats.end.push(end);
    stats.min.push(sorted[0] as number);
    stats.median.push(sorted[(kept.length - 1) >> 1] as number);
    max.push(sorted[kept.length - 1] as number);
    total.push(sum);
  }
  const groups = memberEnd.length;
  return {
    count: groups,
    groupOf,
    memberEnd: memberEnd.data.slice(0, groups),
    members: members.data.slice(0, members.length),
    windowStart: stats.start.data.slice(0, groups),
    windowEnd: stats.end.data.slice(0, groups),
    min: stats.min.data.slice(0, groups),
    median: stats.median.data.slice(0, groups),
    max: max.data.slice(0, groups),
    total: total.data.slice(0, groups),
  };
}

export function groupStart(repeats: Repeats, group: number): number {
  return group === 0 ? 0 : (repeats.memberEnd[group - 1] as number);
}
