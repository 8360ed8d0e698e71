import type { EpochMicros } from '@tracekin/model';

/** Wall clock and monotonic clock agree within the resolution of `Date.now` and a little; beyond that it was set or drifted. */
const TOLERATED_DRIFT_MICROS = 2_000;
const CHECK_EVERY_MS = 1_000;

let offset = performance.timeOrigin * 1000;
let checkedAtMs = Number.NEGATIVE_INFINITY;

/**
 * Microseconds to add to `performance.now() * 1000` to get the time of day. Read once for each local root: all spans
 * below it use the same value, so that a clock being set in between cannot reorder them.
 */
export function clockOffset(): number {
  const now = performance.now();
  if (now - checkedAtMs > CHECK_EVERY_MS) {
    checkedAtMs = now;
    const expected = Date.now() * 1000;
    if (Math.abs(expected - (offset + now * 1000)) > TOLERATED_DRIFT_MICROS) offset = expected - now * 1000;
  }
  return offset;
}

/** The time of day by a local root's clock. */
export function nowMicros(clockOffsetMicros: number): EpochMicros {
  return Math.floor(clockOffsetMicros + performance.now() * 1000);
}
