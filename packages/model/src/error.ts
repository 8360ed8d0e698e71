/**
 * Every reason for which Tracekin refuses or fails, mapped once to HTTP and gRPC status in `server` and explained in
 * `docs/errors.md`. Add a row there when you add a code here.
 */
export type ErrorCode =
  /** The caller sent something that breaks a rule; the message names the field and the rule. HTTP 400. */
  | 'invalid-argument'
  /** What was asked for does not exist. HTTP 404. */
  | 'not-found'
  /** A body or a batch is larger than a configured limit. HTTP 413. */
  | 'too-large'
  /** A buffer is full; try again after `retryAfterMs`. HTTP 503 with Retry-After. */
  | 'overloaded'
  /** Storage or another dependency does not answer. HTTP 503 on ingest, 500 on the Zipkin query API. */
  | 'unavailable'
  /** The work did not end within its time limit. HTTP 500 on the Zipkin query API. */
  | 'timeout'
  /** This build or platform cannot do it; the message says what can. HTTP 501. */
  | 'unsupported'
  /** Configuration that cannot be started with; the message names the setting. */
  | 'invalid-configuration';

export interface TracekinErrorOptions {
  /** The driver's or platform's own error. */
  readonly cause?: unknown;
  /** For `overloaded` and `unavailable`: when a retry makes sense. */
  readonly retryAfterMs?: number;
}

/** The one error type that crosses package borders. Branch on `code`, never on `message`. */
export class TracekinError extends Error {
  override readonly name = 'TracekinError';
  readonly code: ErrorCode;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: TracekinErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
}
