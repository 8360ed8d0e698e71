import type { SearchPatch } from '../../app/use-search-params.ts';

/** Two points of time, µs from the trace start; the second one may still be missing. */
export interface Measure {
  readonly from: number;
  readonly to: number | undefined;
}

/** `120` or `120-450` in the address; the second may be before the first. */
export function readMeasure(text: string | undefined): Measure | undefined {
  const match = /^(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?$/.exec(text ?? '');
  if (match === null) return undefined;
  return { from: Number(match[1]), to: match[2] === undefined ? undefined : Number(match[2]) };
}

/** The first call marks a point, the second the other one, the third starts anew. */
export function measurePatch(before: Measure | undefined, at: number): SearchPatch {
  const point = String(Math.round(Math.max(0, at) * 10) / 10);
  return { measure: before === undefined || before.to !== undefined ? point : `${before.from}-${point}` };
}
