import { TracekinError } from '@tracekin/model';
import type { Sampler } from './sampler.ts';

const SLICES = 10;
const SLICE_MS = 1000 / SLICES;

/**
 * Keeps at most `tracesPerSecond` new traces in a second. The allowance is spread over tenths of a second, and what a tenth
 * leaves unused is added to the next ones of the same second, so a burst at its start does not use up everything.
 *
 * @param now monotonic milliseconds, for tests
 */
export function rateLimitingSampler(tracesPerSecond: number, now: () => number = () => performance.now()): Sampler {
  if (!(tracesPerSecond >= 0 && Number.isFinite(tracesPerSecond))) {
    throw new TracekinError('invalid-configuration', `traces per second must be 0 or more, was ${tracesPerSecond}`);
  }
  let secondStart = Number.NEGATIVE_INFINITY;
  let used = 0;
  return {
    isSampled() {
      const time = now();
      if (time - secondStart >= 1000) {
        secondStart = time;
        used = 0;
      }
      const slices = Math.floor((time - secondStart) / SLICE_MS) + 1;
      // A rate below 10 would round to nothing in the first tenths, so there the whole second's allowance is open at once.
      const allowed = tracesPerSecond < SLICES ? tracesPerSecond : Math.floor((tracesPerSecond * slices) / SLICES);
      if (used >= allowed) return false;
      used++;
      return true;
    },
  };
}
