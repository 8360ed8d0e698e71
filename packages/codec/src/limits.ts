import { TracekinError } from '@tracekin/model';
import type { DecodeLimits } from './format.ts';

/** 1,000,000 spans is ten times the largest message seen in practice; 64 levels is far beyond any real span. */
export const DEFAULT_LIMITS: DecodeLimits = { maxSpans: 1_000_000, maxDepth: 64 };

export function withDefaults(limits: Partial<DecodeLimits> | undefined): DecodeLimits {
  return limits === undefined ? DEFAULT_LIMITS : { ...DEFAULT_LIMITS, ...limits };
}

export function checkSpanCount(count: number, limits: DecodeLimits): void {
  if (count > limits.maxSpans)
    throw new TracekinError('too-large', `more than ${limits.maxSpans} spans in one message`);
}

export function tooDeep(limits: DecodeLimits): never {
  throw new TracekinError('too-large', `nested deeper than ${limits.maxDepth} levels`);
}
