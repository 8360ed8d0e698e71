/** Delivers messages, one at a time. */
export interface Sender {
  /**
   * Rejects with a {@link SendError}; anything else counts as one that can be retried. `message` is reused once the promise
   * is fulfilled.
   */
  send(message: Uint8Array, contentType: string): Promise<void>;
  /** For the last message of a process that is being ended by `process.exit`. Blocks for a second at most; must not throw. */
  sendBlocking?(message: Uint8Array, contentType: string): boolean;
  /** Frees connections. */
  close(): Promise<void>;
}

/** Why a message was not delivered. */
export class SendError extends Error {
  override readonly name = 'SendError';
  /** Whether the same message may succeed later. */
  readonly retriable: boolean;
  /** Milliseconds that the receiver asked to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, retriable: boolean, retryAfterMs?: number, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.retriable = retriable;
    this.retryAfterMs = retryAfterMs;
  }
}

const MAX_RETRY_AFTER_MS = 60_000;

/** What a status means for the sender: undefined for delivered, an error otherwise. */
export function errorOfStatus(status: number, retryAfter: string | null | undefined): SendError | undefined {
  if (status >= 200 && status < 300) return undefined;
  const retriable = status === 408 || status === 429 || status >= 500;
  const seconds = retryAfter ? Number(retryAfter) : Number.NaN;
  const waitMs = seconds >= 0 ? Math.min(seconds * 1000, MAX_RETRY_AFTER_MS) : undefined;
  return new SendError(`the collector answered ${status}`, retriable, waitMs);
}
