import { parseDuration } from '../../kernel/duration-text.ts';

/** Whole microseconds of `10ms`, `1.5 s`, `2m`, `100` (µs); undefined unless that is at least 1. */
export function parseDurationText(text: string): number | undefined {
  const micros = Math.round(parseDuration(text));
  return Number.isSafeInteger(micros) && micros >= 1 ? micros : undefined;
}

const UNITS = [
  ['s', 1_000_000],
  ['ms', 1000],
  ['us', 1],
] as const;

/** The same in the words that Lens' addresses may contain: a whole number of s, ms or us. */
export function formatZipkinDuration(micros: number): string {
  const [unit, size] = UNITS.find(([, size]) => micros % size === 0)!;
  return `${micros / size}${unit}`;
}
