import { ERROR, type Trace } from './trace.ts';

/**
 * A picture of all rows, `columns` wide and `lines` high: each cell holds 2 + the key of what is there (1: unknown), 0 for nothing.
 * `errors` has a 1 for each column in which an error span starts. Costs the cells that are filled, not the spans.
 */
export interface Minimap {
  readonly columns: number;
  readonly lines: number;
  readonly cells: Int32Array;
  readonly errors: Uint8Array;
}

/** @param key what is coloured, by row: the service unless another is given */
export function minimap(trace: Trace, columns: number, lines: number, key: Int32Array = trace.service): Minimap {
  const { count, start, duration, flags } = trace;
  const height = Math.max(1, Math.min(lines, count));
  const cells = new Int32Array(columns * height);
  const errors = new Uint8Array(columns);
  const total = trace.traceDuration || 1;
  const scale = columns / total;
  /** In each line the columns already painted from the left: a line of 1,250 spans is painted once, not 1,250 times. */
  const fullFrom = new Int32Array(height).fill(columns);
  const fullTo = new Int32Array(height).fill(-1);
  for (let i = 0; i < count; i++) {
    const line = Math.floor((i / count) * height);
    const from = Math.min(columns - 1, Math.floor((start[i] as number) * scale));
    const to = Math.min(
      columns - 1,
      Math.max(from, Math.ceil(((start[i] as number) + (duration[i] as number)) * scale) - 1),
    );
    if (((flags[i] as number) & ERROR) !== 0) errors[from] = 1;
    if (from >= (fullFrom[line] as number) && to <= (fullTo[line] as number)) continue;
    const value = (key[i] as number) + 2;
    const base = line * columns;
    for (let x = from; x <= to; x++) if (cells[base + x] === 0) cells[base + x] = value;
    if (to - from >= (fullTo[line] as number) - (fullFrom[line] as number)) {
      fullFrom[line] = from;
      fullTo[line] = to;
    }
  }
  return { columns, lines: height, cells, errors };
}
