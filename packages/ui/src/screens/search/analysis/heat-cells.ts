import { type StepCount, stepStart } from '@tracekin/model';
import type { Cell, Heatmap } from '../../../api/analysis.ts';
import type { PlotScale } from '../plot-scale.ts';

/** A rectangle of the heatmap. */
export interface HeatCell {
  readonly bucket: number;
  /** Steps from `step` to below `endStep`. */
  readonly step: number;
  readonly endStep: number;
  readonly spans: number;
  readonly errors: number;
}

/** Rows lower than this could not be pointed at. */
const LEAST_HEIGHT = 5;

/** How many steps of duration share a row so that rows can be seen, a power of two. */
export function stepsPerRow(scale: PlotScale): number {
  const perStep = scale.y(1) - scale.y(stepStart(1));
  let steps = 1;
  while (steps < 16 && steps * perStep < LEAST_HEIGHT) steps *= 2;
  return steps;
}

/** Cells of the same bucket and row together; spans without a duration have no place in the picture. */
export function heatCells(cells: readonly Cell[], perRow: number): HeatCell[] {
  const rows = new Map<number, { bucket: number; step: number; endStep: number; spans: number; errors: number }>();
  for (const [bucket, step, spans, errors] of cells) {
    if (step < 0) continue;
    const first = Math.floor(step / perRow) * perRow;
    const key = bucket * 4096 + first;
    const row = rows.get(key) ?? { bucket, step: first, endStep: first + perRow, spans: 0, errors: 0 };
    rows.set(key, row);
    row.spans += spans;
    row.errors += errors;
  }
  return [...rows.values()];
}

/** Spans by step of each bucket of time. */
export function stepsByBucket({ cells, buckets }: Pick<Heatmap, 'cells' | 'buckets'>): {
  readonly spans: number;
  readonly errors: number;
  readonly steps: readonly StepCount[];
}[] {
  const found = Array.from({ length: buckets }, () => ({ spans: 0, errors: 0, steps: [] as StepCount[] }));
  for (const [bucket, step, spans, errors] of cells) {
    const row = found[bucket];
    if (row === undefined) continue;
    row.spans += spans;
    row.errors += errors;
    row.steps.push([step, spans]);
  }
  return found;
}
