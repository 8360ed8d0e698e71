import type { DurationMicros } from './span.ts';

/**
 * Durations are counted in steps of a logarithmic scale: 16 to each doubling, so a step is 6.25 % wide at most. Step 0 begins
 * at 1 µs. A step is the upper 16 bits of the duration as a 64-bit float, less those of 1: exact in every language, no
 * logarithm that rounds.
 */
export const STEPS_PER_DOUBLING = 16;

/** Stands for "without a duration" among counts by step. */
export const NO_DURATION_STEP: number = -1;

/** How many spans are in a step. */
export type StepCount = readonly [step: number, count: number];

const bits = new DataView(new ArrayBuffer(8));
/** The upper 16 bits of 1.0. */
const ONE = 0x3ff0;

/** The step of a duration; `NO_DURATION_STEP` when it is absent or 0. */
export function durationStep(duration: DurationMicros | undefined): number {
  if (duration === undefined || duration < 1) return NO_DURATION_STEP;
  bits.setFloat64(0, duration);
  return bits.getUint16(0) - ONE;
}

/** Where a step begins, in microseconds; it ends where the next one begins. */
export function stepStart(step: number): DurationMicros {
  bits.setUint32(4, 0);
  bits.setUint32(0, (step + ONE) * 0x1_0000);
  return bits.getFloat64(0);
}

/**
 * The duration that a part of the spans (0 to 1, nearest rank) does not exceed, from counts by step in any order: inside of
 * the step it is interpolated, so it is off by 6.25 % at most. Spans without a duration do not count. Undefined when
 * there are none.
 */
export function quantileOfSteps(counts: readonly StepCount[], part: number): DurationMicros | undefined {
  const sorted = withDuration(counts);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return undefined;
  let left = Math.max(1, Math.ceil(total * part));
  for (const [step, count] of sorted) {
    if (left <= count) return between(step, (left - 0.5) / count);
    left -= count;
  }
  return stepStart(sorted.at(-1)![0] + 1);
}

/** The part of the spans (0 to 1) that are shorter than a duration; of those in its own step, half. Undefined without any. */
export function rankInSteps(counts: readonly StepCount[], duration: DurationMicros): number | undefined {
  const own = durationStep(duration);
  let total = 0;
  let below = 0;
  for (const [step, count] of withDuration(counts)) {
    total += count;
    if (step < own) below += count;
    else if (step === own) below += count / 2;
  }
  return total === 0 ? undefined : below / total;
}

/** Adds counts of the same step. */
export function addSteps(...all: readonly (readonly StepCount[])[]): StepCount[] {
  const sums = new Map<number, number>();
  for (const counts of all) for (const [step, count] of counts) sums.set(step, (sums.get(step) ?? 0) + count);
  return [...sums].sort((a, b) => a[0] - b[0]);
}

function withDuration(counts: readonly StepCount[]): StepCount[] {
  return counts.filter(([step]) => step !== NO_DURATION_STEP).sort((a, b) => a[0] - b[0]);
}

function between(step: number, part: number): DurationMicros {
  const start = stepStart(step);
  // Steps below 16 µs are narrower than a microsecond; nothing but whole ones is ever in them.
  return Math.max(Math.ceil(start), Math.round(start + (stepStart(step + 1) - start) * part - 0.5));
}
