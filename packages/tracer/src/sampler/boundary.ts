import { TracekinError } from '@tracekin/model';
import { alwaysSample, neverSample, type Sampler } from './sampler.ts';

const TWO_POW_31 = 0x8000_0000;

/**
 * Keeps a fixed share of traces, 0 to 1 (0.01 is one in a hundred), decided by the trace id alone: every process with the
 * same rate decides alike, and a lower rate keeps a subset of what a higher one keeps.
 *
 * The rule is the one of Zipkin's collector, `abs(low 64 bits) <= rate * 2^63` (zipkin.md 2.1), on the upper half of those 64
 * bits, so a collector that samples at the same rate or above drops nothing that was kept here.
 */
export function boundarySampler(rate: number): Sampler {
  if (!(rate >= 0 && rate <= 1)) {
    throw new TracekinError('invalid-configuration', `sample rate must be between 0 and 1, was ${rate}`);
  }
  if (rate === 0) return neverSample;
  if (rate === 1) return alwaysSample;
  const boundary = rate * TWO_POW_31;
  return {
    isSampled(traceId) {
      const low = traceId.length - 16;
      const high32 = Number.parseInt(traceId.slice(low, low + 8), 16);
      // abs() of the 64-bit two's complement number, as far as its upper 32 bits show
      const magnitude = high32 >= TWO_POW_31 ? 0xffff_ffff - high32 : high32;
      return magnitude < boundary;
    },
  };
}
