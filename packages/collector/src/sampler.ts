import { type Span, TracekinError } from '@tracekin/model';

/** Decides by trace id, so that every server with the same rate keeps the same traces. */
export interface Sampler {
  readonly rate: number;
  isSampled(span: Pick<Span, 'traceId' | 'debug'>): boolean;
}

/**
 * Zipkin's boundary sampler (zipkin.md 2.1): keeps a trace when `abs(low 64 bits of its id) <= MAX * rate`, and every span
 * marked debug. `rate` is from 0 (nothing) to 1 (everything); it is rounded to a 32-bit float, as Zipkin's is, so that
 * both draw the line at the same id.
 */
export function createSampler(rate: number): Sampler {
  if (!(rate >= 0 && rate <= 1)) {
    throw new TracekinError('invalid-configuration', `rate should be between 0 and 1: was ${rate}`);
  }
  if (rate === 1) return { rate, isSampled: () => true };
  if (rate === 0) return { rate, isSampled: span => span.debug === true };

  // A float has 24 significant bits, so the boundary is exact in a double as well.
  const boundary = Math.floor(Math.fround(rate) * 2 ** 63);
  const boundaryHigh = Math.floor(boundary / 2 ** 32);
  const boundaryLow = boundary % 2 ** 32;
  return {
    rate,
    isSampled({ traceId, debug }) {
      if (debug === true) return true;
      let high = word(traceId, traceId.length - 16);
      if (high >= 2 ** 31) {
        // Negative as a signed long: its absolute value is the two's complement. That of the smallest one overflows; here
        // it becomes 2^63, which is beyond every boundary (Zipkin takes the largest long, beyond every rate below 1 too).
        const low = word(traceId, traceId.length - 8);
        high = (~high >>> 0) + (low === 0 ? 1 : 0);
        if (high !== boundaryHigh) return high < boundaryHigh;
        return -low >>> 0 <= boundaryLow;
      }
      if (high !== boundaryHigh) return high < boundaryHigh;
      return word(traceId, traceId.length - 8) <= boundaryLow;
    },
  };
}

/** Eight lower-hex characters as an unsigned number. */
function word(hex: string, from: number): number {
  let value = 0;
  for (let i = from; i < from + 8; i++) {
    const code = hex.charCodeAt(i);
    value = (value << 4) | (code > 57 ? code - 87 : code - 48);
  }
  return value >>> 0;
}
