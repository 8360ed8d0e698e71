import type { DurationMicros, EpochMillis } from '@tracekin/model';

/**
 * Which traces to return: those with **one span** that meets every criterion given here (Zipkin's same-span reading, see
 * docs/decisions). Parsed and validated by `parseTraceQuery`; a backend may trust it.
 */
export interface TraceQuery {
  /** Lower case. The span's local service name. */
  readonly serviceName?: string | undefined;
  /** Lower case. */
  readonly spanName?: string | undefined;
  /** Lower case. */
  readonly remoteServiceName?: string | undefined;
  /** Tags that must be present with exactly this value, as [key, value]. Keys are unique. */
  readonly tags: readonly (readonly [key: string, value: string])[];
  /** Words that must each be an annotation's value or a tag's key. Unique. */
  readonly annotations: readonly string[];
  /** Inclusive. A span without duration never meets it. */
  readonly minDuration?: DurationMicros | undefined;
  /** Inclusive. Only ever set together with minDuration. */
  readonly maxDuration?: DurationMicros | undefined;
  /** The span's timestamp, rounded down to its millisecond, is at most this: inclusive (`isInWindow`). */
  readonly endTs: EpochMillis;
  /**
   * The span's timestamp is at least `endTs - lookback`, inclusive. Milliseconds, above 0; may reach before 1970. Neither this
   * nor `endTs` exceeds 2^53.
   */
  readonly lookback: number;
  /** How many traces at most, above 0. */
  readonly limit: number;
}
