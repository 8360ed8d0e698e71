/** Decides, where a trace starts, whether its spans are kept. */
export interface Sampler {
  /** `traceId` is 16 or 32 lower-hex characters. Must be quick and must not throw. */
  isSampled(traceId: string): boolean;
}

/** Keeps every trace. */
export const alwaysSample: Sampler = { isSampled: () => true };

/** Keeps none (debug traces and traces that the caller sampled are still kept). */
export const neverSample: Sampler = { isSampled: () => false };
