import { withoutTracing } from '../scope.ts';
import type { SpanData } from '../span-data.ts';
import { type Warn, warnOnConsole } from '../warn.ts';
import { backOffMs } from './back-off.ts';
import { type Message, MessageQueue } from './message-queue.ts';
import type { DropReason, ReporterMetrics } from './metrics.ts';
import type { Reporter } from './reporter.ts';
import { SendError, type Sender } from './sender.ts';
import { type ReportFormat, type SpanEncoder, spanEncoder } from './span-encoder.ts';

/** Limits and timing of a {@link BatchReporter}. */
export interface BatchReporterOptions {
  readonly sender: Sender;
  /** Default `json-v2`. */
  readonly encoding?: ReportFormat | undefined;
  /** Spans that may wait; more are dropped and counted. Default 10,000. */
  readonly maxQueuedSpans?: number | undefined;
  /** Default 500,000, the limit of Zipkin's own reporters. */
  readonly maxMessageBytes?: number | undefined;
  /** The longest that a span waits for others to share its message, milliseconds. Default 1,000. */
  readonly flushIntervalMs?: number | undefined;
  /** Attempts for one message before it is dropped. Default 10, which is about a minute. */
  readonly maxAttempts?: number | undefined;
  /** The longest that `close` waits for deliveries, milliseconds. Default 1,000. */
  readonly closeTimeoutMs?: number | undefined;
  readonly warn?: Warn | undefined;
}

/** The longest that `flush` waits unless told otherwise, milliseconds. */
const FLUSH_TIMEOUT_MS = 5_000;

/**
 * Encodes spans as they finish, and sends them in messages from a bounded queue, outside of any request. Retries with
 * growing, jittered pauses; warns once when the collector stops answering and once when it answers again.
 */
export class BatchReporter implements Reporter {
  readonly #sender: Sender;
  readonly #encoder: SpanEncoder;
  readonly #queue: MessageQueue;
  readonly #flushIntervalMs: number;
  readonly #maxAttempts: number;
  readonly #closeTimeoutMs: number;
  readonly #warn: Warn;

  #timer: ReturnType<typeof setTimeout> | undefined;
  #draining: Promise<void> | undefined;
  #inFlight: Message | undefined;
  #wake: (() => void) | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #waiters = 0;
  #failing = false;
  #closed = false;

  readonly #counts = { spans: 0, spansDelivered: 0, messages: 0, messagesDropped: 0, retries: 0, messageBytes: 0 };
  readonly #dropped: Record<DropReason, number> = {
    'queue-full': 0,
    'too-large': 0,
    'not-encodable': 0,
    'not-delivered': 0,
    closed: 0,
  };

  constructor(options: BatchReporterOptions) {
    this.#sender = options.sender;
    this.#encoder = spanEncoder(options.encoding ?? 'json-v2');
    this.#queue = new MessageQueue(this.#encoder, options.maxMessageBytes ?? 500_000, options.maxQueuedSpans ?? 10_000);
    this.#flushIntervalMs = options.flushIntervalMs ?? 1_000;
    this.#maxAttempts = options.maxAttempts ?? 10;
    this.#closeTimeoutMs = options.closeTimeoutMs ?? 1_000;
    this.#warn = options.warn ?? warnOnConsole;
  }

  /** A snapshot of the counts. */
  get metrics(): ReporterMetrics {
    return { ...this.#counts, spansDropped: { ...this.#dropped }, queuedSpans: this.#queue.length };
  }

  report(span: SpanData): void {
    this.#counts.spans++;
    const refused = this.#closed ? 'closed' : this.#queue.add(span);
    if (refused !== undefined) this.#drop(refused, 1);
    else if (this.#queue.hasFullMessage) this.#drain();
    else if (this.#timer === undefined && this.#draining === undefined) withoutTracing(this.#startTimer);
  }

  /** Waits for at most `timeoutMs`. */
  async flush(timeoutMs: number = FLUSH_TIMEOUT_MS): Promise<void> {
    await this.#settle(timeoutMs);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    await this.#settle(this.#closeTimeoutMs);
    this.#closed = true;
    clearTimeout(this.#timer);
    for (let left = this.#queue.take(); left !== undefined; left = this.#queue.take()) this.#drop('closed', left.spans);
    this.#wake?.();
    await this.#sender.close().catch(() => {});
  }

  /** For `process.exit`: hands everything that is left to the sender's blocking door. Sends nothing if there is none. */
  flushBlocking(): void {
    const send = this.#sender.sendBlocking;
    if (send === undefined || this.#closed || this.#failing) return;
    const until = performance.now() + this.#closeTimeoutMs;
    // What is in flight may be delivered twice then; spans are idempotent, and the answer cannot be awaited any more.
    for (let message = this.#inFlight ?? this.#queue.take(); message !== undefined; message = this.#queue.take()) {
      const taken = send.call(this.#sender, message.bytes, this.#encoder.contentType);
      if (!taken || performance.now() > until) return;
    }
  }

  readonly #startTimer = (): void => {
    this.#timer = setTimeout(() => this.#drain(), this.#flushIntervalMs);
    unref(this.#timer);
  };

  /** Starts sending unless that is under way. */
  #drain(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#draining !== undefined) return this.#draining;
    if (this.#queue.length === 0) return Promise.resolve();
    this.#draining = withoutTracing(this.#sendAll).finally(() => {
      this.#draining = undefined;
      if (this.#queue.length > 0 && this.#timer === undefined && !this.#closed) withoutTracing(this.#startTimer);
    });
    return this.#draining;
  }

  readonly #sendAll = async (): Promise<void> => {
    do {
      const message = this.#queue.take();
      if (message === undefined) return;
      this.#inFlight = message;
      const delivered = await this.#deliver(message);
      this.#inFlight = undefined;
      if (delivered) this.#queue.recycle(message);
      // What came meanwhile waits for a full message or its time; sending it at once would mean many small messages.
    } while (!this.#closed && (this.#waiters > 0 || this.#queue.hasFullMessage));
  };

  async #deliver({ bytes, spans }: Message): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#sender.send(bytes, this.#encoder.contentType);
        this.#counts.messages++;
        this.#counts.messageBytes += bytes.length;
        this.#counts.spansDelivered += spans;
        this.#recovered();
        return true;
      } catch (error) {
        const retriable = !(error instanceof SendError) || error.retriable;
        this.#failed(error, retriable);
        if (!retriable || attempt >= this.#maxAttempts || this.#closed) {
          this.#counts.messagesDropped++;
          this.#drop(this.#closed ? 'closed' : 'not-delivered', spans);
          return false;
        }
        await this.#pause(
          error instanceof SendError && error.retryAfterMs !== undefined ? error.retryAfterMs : backOffMs(attempt),
        );
        this.#counts.retries++;
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise<void>(resolve => {
      this.#wake = resolve;
      this.#retryTimer = setTimeout(resolve, ms);
      // Somebody who awaits `flush` keeps the process alive; waiting for a collector that is down does not.
      if (this.#waiters === 0) unref(this.#retryTimer);
    }).then(() => {
      clearTimeout(this.#retryTimer);
      this.#wake = undefined;
    });
  }

  async #settle(timeoutMs: number): Promise<void> {
    if (this.#queue.length === 0 && this.#draining === undefined) return;
    this.#waiters++;
    this.#wake?.();
    let limit: ReturnType<typeof setTimeout> | undefined;
    const timedOut = new Promise<void>(resolve => {
      limit = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([this.#drain(), timedOut]);
    clearTimeout(limit);
    this.#waiters--;
  }

  #failed(error: unknown, retriable: boolean): void {
    if (this.#failing) return;
    this.#failing = true;
    const consequence = retriable ? 'retrying, spans wait in a bounded queue' : 'its spans are dropped';
    this.#warn(`a message to the collector failed; ${consequence}; further failures are only counted`, error);
  }

  #recovered(): void {
    if (!this.#failing) return;
    this.#failing = false;
    const dropped = Object.values(this.#dropped).reduce((sum, count) => sum + count, 0);
    this.#warn(`the collector answers again; spans dropped since the start: ${dropped}`);
  }

  #drop(reason: DropReason, spans: number): void {
    this.#dropped[reason] += spans;
  }
}

function unref(timer: ReturnType<typeof setTimeout>): void {
  // Browsers number their timers.
  if (typeof timer === 'object') timer.unref();
}
