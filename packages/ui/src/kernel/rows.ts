import { groupStart, type Repeats } from './repeats.ts';
import type { Trace } from './trace.ts';

export interface RowOptions {
  /** Only this subtree; -1 for all. */
  readonly root: number;
  /** 1 where the children of a row are hidden. */
  readonly collapsed: Uint8Array;
  /** Deepest level shown, counted from the root shown (1 = roots only); 0 for all. */
  readonly levels: number;
  /** 1 where a service is hidden, by number + 1 (0 is "unknown"); undefined for none. */
  readonly hiddenServices: Uint8Array | undefined;
  /** Only rows with a 1, and their ancestors; undefined for all. */
  readonly matches: Uint8Array | undefined;
  /** Only rows which overlap this window of µs, and their ancestors; undefined for all. */
  readonly window: { readonly from: number; readonly to: number } | undefined;
  readonly repeats: Repeats | undefined;
  /** 1 where a group shows its members. */
  readonly openGroups: Uint8Array | undefined;
}

/** What the list shows, top to bottom: a row number, or `-1 - g` for the row of group `g`. */
export type VisibleRows = Int32Array;

export function isGroup(entry: number): boolean {
  return entry < 0;
}

export function groupOfEntry(entry: number): number {
  return -1 - entry;
}

/**
 * Rows after collapse, focus, filters and grouping. One pass that skips whole subtrees by their size: collapsing the root
 * of 1,000,000 spans touches one row.
 */
export function visibleRows(trace: Trace, options: RowOptions): VisibleRows {
  const { size, depth, service, count } = trace;
  const { collapsed, hiddenServices, repeats, openGroups } = options;
  const from = options.root >= 0 ? options.root : 0;
  const end = options.root >= 0 ? from + (size[from] as number) : count;
  const keep = keepMask(trace, options);
  const deepest =
    options.levels > 0
      ? (options.root >= 0 ? (depth[from] as number) : 0) + options.levels - 1
      : Number.POSITIVE_INFINITY;
  const out = new Int32Array(end - from + (repeats?.count ?? 0));
  let length = 0;
  // Ranges still to do; more than one only while the members of an open group are listed below its row.
  const stack: number[] = [from, end];
  const listed = repeats === undefined ? undefined : new Uint8Array(repeats.count);
  let inGroup = -1;
  while (stack.length > 0) {
    const stop = stack.pop() as number;
    let i = stack.pop() as number;
    // Negative: the range is one member's subtree, its own group must not swallow it again.
    inGroup = i < 0 ? -1 - i : -1;
    if (inGroup >= 0) i = inGroup;
    while (i < stop) {
      const group = repeats === undefined ? -1 : (repeats.groupOf[i] as number);
      if (group >= 0 && i !== inGroup && i !== options.root) {
        const after = i + (size[i] as number);
        if (listed !== undefined && listed[group] === 0 && repeats !== undefined) {
          listed[group] = 1;
          if (groupIsKept(repeats, group, keep, trace, hiddenServices)) out[length++] = -1 - group;
          if (openGroups?.[group] === 1) {
            stack.push(after, stop);
            const first = groupStart(repeats, group);
            for (let m = (repeats.memberEnd[group] as number) - 1; m >= first; m--) {
              const member = repeats.members[m] as number;
              stack.push(-1 - member, member + (size[member] as number));
            }
            break;
          }
        }
        i = after;
        continue;
      }
      if (keep !== undefined && keep[i] === 0) {
        i += size[i] as number;
        continue;
      }
      if (hiddenServices === undefined || hiddenServices[(service[i] as number) + 1] === 0) out[length++] = i;
      i += collapsed[i] === 1 || (depth[i] as number) >= deepest ? (size[i] as number) : 1;
    }
  }
  return out.subarray(0, length);
}

function groupIsKept(
  repeats: Repeats,
  group: number,
  keep: Uint8Array | undefined,
  trace: Trace,
  hidden: Uint8Array | undefined,
): boolean {
  const first = groupStart(repeats, group);
  if (hidden !== undefined && hidden[(trace.service[repeats.members[first] as number] as number) + 1] === 1)
    return false;
  if (keep === undefined) return true;
  for (let m = first; m < (repeats.memberEnd[group] as number); m++)
    if (keep[repeats.members[m] as number] === 1) return true;
  return false;
}

/** 1 for what passes `matches` and `window`, and for every ancestor of that; undefined when nothing filters. */
function keepMask(trace: Trace, options: RowOptions): Uint8Array | undefined {
  const { matches, window } = options;
  if (matches === undefined && window === undefined) return undefined;
  const { count, parent, start, duration } = trace;
  const keep = new Uint8Array(count);
  for (let i = count - 1; i >= 0; i--) {
    if (keep[i] === 0) {
      if (matches !== undefined && matches[i] === 0) continue;
      if (
        window !== undefined &&
        ((start[i] as number) > window.to || (start[i] as number) + (duration[i] as number) < window.from)
      ) {
        continue;
      }
      keep[i] = 1;
    }
    const p = parent[i] as number;
    if (p >= 0) keep[p] = 1;
  }
  return keep;
}

/** Position of a row in the list, -1 when it is not shown. */
export function positionOf(rows: VisibleRows, row: number): number {
  return rows.indexOf(row);
}

/** Ancestors of a row from the root down, itself excluded; at most `limit`, the nearest. */
export function ancestors(trace: Trace, row: number, limit: number = Number.POSITIVE_INFINITY): number[] {
  const path: number[] = [];
  for (let p = trace.parent[row] as number; p >= 0 && path.length < limit; p = trace.parent[p] as number) path.push(p);
  return path.reverse();
}
