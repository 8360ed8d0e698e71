import type { CriticalPath } from '../kernel/critical-path.ts';
import type { Repeats } from '../kernel/repeats.ts';
import type { RowText } from '../kernel/row-text.ts';
import type { VisibleRows } from '../kernel/rows.ts';
import type { ServiceColor } from '../kernel/service-colors.ts';
import type { Trace } from '../kernel/trace.ts';

/** What the timeline draws. Replaced as a whole; the arrays in it are shared, never copied. */
export interface TimelineModel {
  readonly trace: Trace;
  readonly text: RowText;
  readonly repeats: Repeats;
  readonly rows: VisibleRows;
  /** By row a number in `colors`: the service, or the value of a tag. */
  readonly colorKey: Int32Array;
  /** The same for the caller's side of a call that both sides reported. */
  readonly clientColorKey: Int32Array;
  readonly colors: readonly ServiceColor[];
  readonly collapsed: Uint8Array;
  readonly openGroups: Uint8Array;
  /** 1 for each row that was found, or undefined when nothing is looked for. */
  readonly matches: Uint8Array | undefined;
  readonly path: CriticalPath | undefined;
  /** Where each row's segments of the critical path are: `pathOrder[pathStart[row] .. pathStart[row + 1]]`. */
  readonly pathIndex: { readonly start: Int32Array; readonly order: Int32Array } | undefined;
  /** Depth of the row that is shown at the left edge. */
  readonly baseDepth: number;
}

/** Texts of the timeline in the reader's language. */
export interface TimelineText {
  readonly unknownService: string;
  readonly unnamed: string;
  rowLabel(service: string, name: string, duration: string, start: string): string;
  groupLabel(count: number, service: string, name: string): string;
  groupTitle(count: number, min: string, median: string, max: string, total: string): string;
  readonly error: string;
  readonly missingParent: string;
  readonly loop: string;
  readonly noDuration: string;
  readonly noTime: string;
  readonly skewed: string;
  hiddenChildren(count: number): string;
  number(count: number): string;
}

export function indexPath(trace: Trace, path: CriticalPath): { start: Int32Array; order: Int32Array } {
  const start = new Int32Array(trace.count + 1);
  for (const row of path.row) start[row + 1] = (start[row + 1] as number) + 1;
  for (let i = 1; i <= trace.count; i++) start[i] = (start[i] as number) + (start[i - 1] as number);
  const fill = start.slice();
  const order = new Int32Array(path.row.length);
  for (const [segment, row] of path.row.entries()) {
    order[fill[row] as number] = segment;
    fill[row] = (fill[row] as number) + 1;
  }
  return { start, order };
}
