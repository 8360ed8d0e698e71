import { Float64Column, Int32Column } from './columns.ts';
import { packedCount } from './string-table.ts';
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
  const { count, service, name, size, duration, flags } = trace;
  const groupOf = new Int32Array(count).fill(-1);
  const operations = packedCount(trace.names) + 1;
  /** Rows of one operation below one parent. */
  const candidates: number[][] = [];
  const byOperation = new Map<number, number[]>();
  for (let parent = -1; parent < count; parent++) {
    const end = parent < 0 ? count : parent + (size[parent] as number);
    if (end - parent - 1 < LEAST) continue;
    byOperation.clear();
    for (let row = parent + 1; row < end; row += size[row] as number) {
      if (((flags[row] as number) & ERROR) !== 0) continue;
      const operation = ((service[row] as number) + 1) * operations + (name[row] as number) + 1;
      const rows = byOperation.get(operation);
      if (rows === undefined) byOperation.set(operation, [row]);
      else rows.push(row);
    }
    for (const rows of byOperation.values()) if (rows.length >= LEAST) candidates.push(rows);
  }

  const members = new Int32Column();
  const memberEnd = new Int32Column();
  const stats = {
    start: new Float64Column(),
    end: new Float64Column(),
    min: new Float64Column(),
    median: new Float64Column(),
  };
  const max = new Float64Column();
  const total = new Float64Column();
  for (const rows of candidates) {
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
