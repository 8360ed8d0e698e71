/** Milliseconds between writes of a steady stream; with the 150 that the collector gathers in calm, a span waits some 850 at most. */
const paceMs = 700;
/** Writes that need not wait after a pause. */
const burst = 4;

/**
 * Makes fewer and larger writes of a steady stream: what comes within `paceMs` is written together, since a request costs both sides
 * as much as some dozen spans. Single writes, and those of `enough` spans, go through at once.
 */
export class WriteGatherer<T extends { readonly spanCount: number }> {
  readonly #write: (parts: readonly T[]) => Promise<void>;
  readonly #enough: number;
  #waiting: { readonly part: T; readonly done: PromiseWithResolvers<void> }[] = [];
  #count = 0;
  /** When the next write is due; `performance.now`. */
  #due = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(write: (parts: readonly T[]) => Promise<void>, enough: number) {
    this.#write = write;
    this.#enough = enough;
  }

  /** Settles as the write does that these spans are part of. */
  add(part: T): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ part, done });
    this.#count += part.spanCount;
    const wait = this.#due - performance.now();
    if (wait <= 0 || this.#count >= this.#enough) this.#start();
    else this.#timer ??= setTimeout(() => this.#start(), wait);
    return done.promise;
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#count = 0;
    const now = performance.now();
    // Full writes do not wait for their turn; without an upper bound those of a fast minute would be owed afterwards.
    this.#due = Math.min(now, Math.max(this.#due, now - (burst - 1) * paceMs)) + paceMs;
    this.#write(waiting.map(({ part }) => part)).then(
      () => {
        for (const { done } of waiting) done.resolve();
      },
      error => {
        for (const { done } of waiting) done.reject(error);
      },
    );
  }
}
