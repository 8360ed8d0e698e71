import type { EpochMicros } from '@tracekin/model';

/** OpenTelemetry's `HrTime`: seconds and nanoseconds. */
type HrTime = readonly [number, number];

/** Epoch milliseconds have been above this since 1973; `performance.now()` will be in a process that runs for three years. */
const LEAST_EPOCH_MS = 100_000_000_000;

/** OpenTelemetry's `TimeInput` in epoch microseconds. A number is epoch milliseconds or, if too small, `performance.now()`. */
export function toMicros(time: HrTime | number | Date | undefined): EpochMicros | undefined {
  if (time === undefined || time === null) return undefined;
  if (typeof time === 'number') {
    return Math.floor((time < LEAST_EPOCH_MS ? performance.timeOrigin + time : time) * 1000);
  }
  if (time instanceof Date) return time.getTime() * 1000;
  return time[0] * 1_000_000 + Math.floor(time[1] / 1000);
}
