/** What Lens offers, in its spelling (ui.md 1.2). */
export const LOOKBACKS = {
  '1m': 60_000,
  '5m': 300_000,
  '15m': 900_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
  '2h': 7_200_000,
  '3h': 10_800_000,
  '6h': 21_600_000,
  '12h': 43_200_000,
  '1d': 86_400_000,
  '2d': 172_800_000,
  '7d': 604_800_000,
} as const;

export type LookbackName = keyof typeof LOOKBACKS;

/** Which time a search covers. Milliseconds. */
export type TimeRange =
  /** The last `lookback`, until `endTs` or, without one, until the search runs. */
  | { readonly kind: 'last'; readonly lookback: number; readonly endTs?: number }
  | { readonly kind: 'range'; readonly startTs: number; readonly endTs: number };

export interface TimeWindow {
  readonly startTs: number;
  readonly endTs: number;
}

/** The window of a search that runs at `now`. */
export function resolveRange(range: TimeRange, now: number): TimeWindow {
  if (range.kind === 'range') return { startTs: range.startTs, endTs: range.endTs };
  const endTs = range.endTs ?? now;
  return { startTs: endTs - range.lookback, endTs };
}

/** The preset of this length, if it is one. */
export function lookbackName(milliseconds: number): LookbackName | undefined {
  return (Object.keys(LOOKBACKS) as LookbackName[]).find(name => LOOKBACKS[name] === milliseconds);
}

/** The shortest preset that reaches back this far. */
export function lookbackReaching(milliseconds: number): LookbackName | undefined {
  return (Object.keys(LOOKBACKS) as LookbackName[]).find(name => LOOKBACKS[name] >= milliseconds);
}

/** Does the range move with the clock? */
export function isMoving(range: TimeRange): boolean {
  return range.kind === 'last' && range.endTs === undefined;
}
