import { Float64Column, Int32Column } from './columns.ts';
import { LOOP, MISSING_PARENT, type Trace } from './trace.ts';

/**
 * The chain of work that decided how long the trace took: shorten any of it and the trace ends earlier. Segments are in
 * time order, do not overlap, and tell which row was doing its own work; together they cover the longest root.
 */
export interface CriticalPath {
  readonly row: Int32Array;
  /** µs from the trace start. */
  readonly from: Float64Array;
  readonly to: Float64Array;
  /** µs on the path per row. */
  readonly perRow: Float64Array;
  readonly total: number;
}

/** A row being walked backwards in time: everything after `until` is on the path already. -1 is the time around all roots. */
interface Visit {
  readonly row: number;
  readonly start: number;
  readonly end: number;
  until: number;
  /** The last to finish first. */
  readonly children: readonly number[];
  next: number;
}

/**
 * Walking back from the end of a row, the child that finished last is what it waited for; before that child started, the
 * one that finished last by then; and so on, in each child likewise. A child counts only within its parent's time; rows
 * without a duration are looked through. The rule is `@tracekin/model`'s `criticalPath`, with the two halves of a call as one row.
 */
export function criticalPath(trace: Trace): CriticalPath {
  const { count, start, duration } = trace;
  const perRow = new Float64Array(count);
  const rows = new Int32Column();
  const from = new Float64Column();
  const to = new Float64Column();
  const endOf = (i: number): number => (start[i] as number) + (duration[i] as number);
  const segment = (row: number, begin: number, end: number): void => {
    if (row < 0 || end <= begin) return;
    rows.push(row);
    from.push(begin);
    to.push(end);
    perRow[row] = (perRow[row] as number) + end - begin;
  };
  const visit = (row: number, begin: number, end: number, candidates: number[]): Visit => {
    candidates.sort(
      (a, b) =>
        Math.min(endOf(b), end) - Math.min(endOf(a), end) || (start[a] as number) - (start[b] as number) || a - b,
    );
    return { row, start: begin, end, until: end, children: candidates, next: 0 };
  };
  const nextChild = (top: Visit): number => {
    while (top.next < top.children.length) {
      const child = top.children[top.next++] as number;
      const end = endOf(child);
      // Only before the first choice may a child reach past `until`: it is then cut there. Later it would run beside a chosen one.
      const fits = end <= top.until || (top.until === top.end && (start[child] as number) < top.end);
      if (fits && end > top.start && Math.max(start[child] as number, top.start) < top.until) return child;
    }
    return -1;
  };

  const stack: Visit[] = count === 0 ? [] : [firstVisit(trace, visit)];
  while (stack.length > 0) {
    const top = stack[stack.length - 1] as Visit;
    const child = nextChild(top);
    if (child < 0) {
      segment(top.row, top.start, top.until);
      stack.pop();
      continue;
    }
    const begin = Math.max(start[child] as number, top.start);
    const cut = Math.min(endOf(child), top.until);
    segment(top.row, cut, top.until);
    top.until = begin;
    stack.push(visit(child, begin, cut, timedBelow(trace, child + 1, child + (trace.size[child] as number))));
  }
  let total = 0;
  for (let i = 0; i < count; i++) total += perRow[i] as number;
  return {
    row: rows.data.slice(0, rows.length).reverse(),
    from: from.data.slice(0, from.length).reverse(),
    to: to.data.slice(0, to.length).reverse(),
    perRow,
    total,
  };
}

/** The only real root with whatever lost its parent below it; the whole time of the trace when there is no such root. */
function firstVisit(
  trace: Trace,
  visit: (row: number, begin: number, end: number, children: number[]) => Visit,
): Visit {
  const { count, parent, start, duration, size, flags, traceDuration } = trace;
  let root = -1;
  let several = false;
  for (let i = 0; i < count; i += size[i] as number) {
    if (parent[i] !== -1 || ((flags[i] as number) & (MISSING_PARENT | LOOP)) !== 0) continue;
    if (root >= 0) several = true;
    else root = i;
  }
  const all = timedBelow(trace, 0, count);
  if (root < 0 || several || duration[root] === 0) return visit(-1, 0, traceDuration, all);
  const below = timedBelow(trace, root + 1, root + (size[root] as number));
  for (const row of all) if (row !== root) below.push(row);
  return visit(root, start[root] as number, (start[root] as number) + (duration[root] as number), below);
}

/** The topmost rows of a range of whole subtrees which have a duration. */
function timedBelow(trace: Trace, first: number, end: number): number[] {
  const rows: number[] = [];
  for (let i = first; i < end; ) {
    if (trace.duration[i] !== 0) {
      rows.push(i);
      i += trace.size[i] as number;
    } else i++;
  }
  return rows;
}

/** Share of the path per service number, largest first; shares add up to 1. */
export function shareByService(trace: Trace, path: CriticalPath): { service: number; share: number }[] {
  const sums = new Map<number, number>();
  for (let i = 0; i < trace.count; i++) {
    const time = path.perRow[i] as number;
    if (time > 0) sums.set(trace.service[i] as number, (sums.get(trace.service[i] as number) ?? 0) + time);
  }
  return [...sums]
    .map(([service, time]) => ({ service, share: path.total === 0 ? 0 : time / path.total }))
    .sort((a, b) => b.share - a.share || a.service - b.service);
}
