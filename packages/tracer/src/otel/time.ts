import type { EpochMicros } from '@tracekin/model';

/** OpenTelemetry's `HrTime`: seconds and nanoseconds. */
type HrTime = readonly [number, number];

/** OpenTelemetry's `TimeInput` in epoch microseconds. A number is epoch milliseconds or, if too small, `performance.now()`. */
export function toMicros(time: HrTime | number | Date | undefined): EpochMicros | undefined {
  if (time === undefined || time === null) return undefined;
  if (typeof time === 'number') {
    return Math.floor((time < performance.timeOrigin ? performance.timeOrigin + time : time) * 1000);
  }
  if (time instanceof Date) return time.getTime() * 1000;
  return time[0] * 1_000_000 + Math.floor(time[1] / 1000);
}
