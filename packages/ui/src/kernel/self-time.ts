import type { Trace } from './trace.ts';

/**
 * µs of each row in which none of its children was running: its duration minus the union of the children's times, cut to
 * its own. Children come sorted by start, so one pass over the rows is enough.
 */
export function selfTimes(trace: Trace): Float64Array {
  const { count, parent, start, duration } = trace;
  const self = Float64Array.from(duration);
  /** Up to where the children of a row have been counted. */
  const covered = Float64Array.from(start);
  for (let i = 0; i < count; i++) {
    const p = parent[i] as number;
    if (p < 0) continue;
    const parentEnd = (start[p] as number) + (duration[p] as number);
    const from = Math.max(start[i] as number, covered[p] as number);
    const to = Math.min((start[i] as number) + (duration[i] as number), parentEnd);
    if (to > from) {
      self[p] = (self[p] as number) - (to - from);
      covered[p] = to;
    }
  }
  return self;
}
