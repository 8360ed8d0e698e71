import type { Span } from '@tracekin/model';

/** Milliseconds between writes of a steady stream. */
const paceMs = 300;
/** Writes that need not wait after a pause. */
const burst = 4;

/**
 * Makes fewer and larger writes of a steady stream: what comes within `paceMs` is written together, since a request costs both sides
 * as much as some dozen spans. Single writes, and those of `enough` spans, go through at once.
 */
export class WriteGatherer {
  readonly #write: (spans: readonly Span[]) => Promise<void>;
  readonly #enough: number;
  #waiting: { readonly spans: readonly Span[]; readonly done: PromiseWithResolvers<void> }[] = [];
  #count = 0;
  /** When the next write is due; `performance.now`. */
  #due = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(write: (spans: readonly Span[]) => Promise<void>, enough: number) {
    this.#write = write;
    this.#enough = enough;
  }

  /** Settles as the write does that these spans are part of. */
  add(spans: readonly Span[]): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ spans, done });
    this.#count += spans.length;
    const wait = this.#due - performance.now();
    if (wait <= 0 || this.#count >= this.#enough) this.#start();
    else this.#timer ??= setTimeout(() => this.#start(), wait);
    return done.promise;
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const parts = this.#waiting;
    this.#waiting = [];
    this.#count = 0;
    this.#due = Math.max(this.#due, performance.now() - (burst - 1) * paceMs) + paceMs;
    const spans = parts.length === 1 ? parts[0]!.spans : parts.flatMap(part => part.spans);
    this.#write(spans).then(
      () => {
        for (const { done } of parts) done.resolve();
      },
      error => {
        for (const { done } of parts) done.reject(error);
      },
    );
  }
}
