import { type EventLoopUtilization, performance } from 'node:perf_hooks';

/** Shares of time in which the process did something, above which it counts as busy and as saturated. */
const BUSY = 0.5;
const SATURATED = 0.9;
/** A share is worth something after this long, in milliseconds. */
const WINDOW_MS = 100;

/**
 * How long the first span of a batch waits for others. What a batch costs besides its spans (statements, files, merges) is
 * several times the cost of the spans themselves when batches are small. So the less time the process has, the
 * larger they become: twice the calm delay when it is busy, seven times when it has no time left at all.
 */
export class BatchDelay {
  readonly #calmMs: number;
  readonly #measure: (since?: EventLoopUtilization) => EventLoopUtilization;
  #since: EventLoopUtilization;
  #factor = 1;

  constructor(
    calmMs: number,
    measure: (since?: EventLoopUtilization) => EventLoopUtilization = performance.eventLoopUtilization,
  ) {
    this.#calmMs = calmMs;
    this.#measure = measure;
    this.#since = measure();
  }

  /** Milliseconds, by how busy the process was since the batch before. */
  next(): number {
    const { utilization, active, idle } = this.#measure(this.#since);
    if (active + idle >= WINDOW_MS) {
      this.#since = this.#measure();
      this.#factor = utilization >= SATURATED ? 7 : utilization >= BUSY ? 2 : 1;
    }
    return this.#calmMs * this.#factor;
  }
}
