import type { Storage } from '@tracekin/storage';
import type { BackoffOptions } from './backoff.ts';

export interface WriterTuning {
  /**
   * A batch is written when it has this many spans. Default 50,000, or 56,000 when storage has a form of its own for them: what
   * its engine does for a span is half as much in such a batch as in one of 20,000.
   */
  readonly maxBatchSpans?: number;
  /** or this many bytes as received. Default 32 MiB or 36 MiB. */
  readonly maxBatchBytes?: number;
  /** or when its first span has waited this long, in milliseconds; ten times that when the process has no time left. Default 150. */
  readonly maxDelayMs?: number;
  /** Batches being written at once. Default 2. */
  readonly maxInFlight?: number;
  /**
   * Spans kept in memory, those being written included; those beyond are read from the spool again. Default 120,000, or
   * 168,000 when storage has a form of its own for them that is compact (`capabilities.compactBatches`).
   */
  readonly maxHeldSpans?: number;
  /** The same as bytes as received. Default 96 MiB or 108 MiB. */
  readonly maxHeldBytes?: number;
  /** Default 100 ms, doubling up to 5 s. */
  readonly backoff?: BackoffOptions;
}

export function withDefaults(options: WriterTuning & { readonly storage: Storage }): Required<WriterTuning> {
  const compact = options.storage.capabilities.compactBatches === true;
  return {
    maxBatchSpans: options.maxBatchSpans ?? (compact ? 56_000 : 50_000),
    maxBatchBytes: options.maxBatchBytes ?? (compact ? 36 : 32) << 20,
    maxDelayMs: options.maxDelayMs ?? 150,
    maxInFlight: options.maxInFlight ?? 2,
    maxHeldSpans: options.maxHeldSpans ?? (compact ? 168_000 : 120_000),
    maxHeldBytes: options.maxHeldBytes ?? (compact ? 108 : 96) << 20,
    backoff: options.backoff ?? { firstMs: 100, maxMs: 5000 },
  };
}
