import type { Dictionary } from '../native/decode-blocks.ts';

/**
 * What dependency links need of a batch of spans, as the encoder has it anyway: some 50 bytes a span. Pairs are (trace,
 * bucket); a trace in two buckets has two.
 */
export interface BatchLinkRows {
  /** low, high of each pair's trace. */
  readonly traceWords: Uint32Array;
  /** The first row of each pair. */
  readonly heads: Int32Array;
  /** The next row of the same pair, -1 behind the last. */
  readonly next: Int32Array;
  /** low, high of each row, as for the next two. 0 is absent. */
  readonly ids: Uint32Array;
  readonly parentIds: Uint32Array;
  /** Microseconds. */
  readonly timestamps: Uint32Array;
  /** See write/span-flags.ts. */
  readonly flags: Uint8Array;
  /** The local service's name, empty if absent. */
  readonly services: Dictionary;
  readonly remotes: Dictionary;
}
