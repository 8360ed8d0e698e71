import type { Collector, CollectorMetrics } from '@tracekin/collector';
import { normalizeSpan } from '@tracekin/model';
import { type Reporter, type SpanData, withoutTracing } from '@tracekin/tracer';
import type { Logger } from 'pino';

/** Spans held between two flushes. One request makes a handful, so this is far beyond any sensible rate. */
const MAX_QUEUED = 10_000;

export interface LocalReporterOptions {
  readonly collector: Pick<Collector, 'acceptSpans'>;
  readonly metrics: CollectorMetrics;
  readonly flushIntervalMs: number;
  readonly log: Logger;
}

/**
 * Hands finished spans to this server's own collector, transport `local`, without a detour over HTTP. Its work is untraced,
 * so reporting a trace never makes another one. What the collector refuses is gone: it has been counted there, and to
 * repeat it would add to the overload that it was refused for.
 */
export class LocalReporter implements Reporter {
  readonly #options: LocalReporterOptions;
  #queue: SpanData[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: LocalReporterOptions) {
    this.#options = options;
    options.metrics.register('local');
  }

  report(span: SpanData): void {
    if (this.#closed || this.#queue.length >= MAX_QUEUED) {
      this.#options.metrics.spans('local', 1);
      this.#options.metrics.spansDropped('local', 1, 'overload');
      return;
    }
    this.#queue.push(span);
    this.#timer ??= setTimeout(() => void this.flush(), this.#options.flushIntervalMs).unref();
  }

  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const spans = this.#queue;
    this.#queue = [];
    if (spans.length > 0) this.#sending = this.#sending.then(() => this.#send(spans));
    return this.#sending;
  }

  close(): Promise<void> {
    this.#closed = true;
    return this.flush();
  }

  async #send(spans: readonly SpanData[]): Promise<void> {
    const { collector, log } = this.#options;
    try {
      await withoutTracing(() => collector.acceptSpans(spans.map(normalizeSpan), 'local'));
    } catch (error) {
      log.debug({ spans: spans.length }, `self-tracing: spans were not kept: ${(error as Error).message}`);
    }
  }
}
