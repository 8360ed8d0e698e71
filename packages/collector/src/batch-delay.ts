import { performance } from 'node:perf_hooks';
import process from 'node:process';

/**
 * Shares of one core that the main thread used, above which the process counts as busy and as saturated. The processor's time
 * and not the event loop's: beside a storage engine on few cores the loop looks full when half of its time is waiting.
 */
const BUSY = 0.3;
const SATURATED = 0.65;
/** A share is worth something after this long, in milliseconds. */
const WINDOW_MS = 100;

/** Milliseconds of the processor that the main thread has used, and the time. */
export interface ThreadTime {
  readonly usedMs: number;
  readonly atMs: number;
}

function mainThreadTime(): ThreadTime {
  const { user, system } = process.threadCpuUsage();
  return { usedMs: (user + system) / 1000, atMs: performance.now() };
}

/**
 * How long the first span of a batch waits for others. What a batch costs besides its spans (statements, files, merges) is
 * several times the cost of the spans themselves when batches are small. So the less time the process has, the
 * larger they become: twice the calm delay when it is busy, seven times when it has no time left at all.
 */
export class BatchDelay {
  readonly #calmMs: number;
  readonly #measure: () => ThreadTime;
  #since: ThreadTime;
  #factor = 1;

  constructor(calmMs: number, measure: () => ThreadTime = mainThreadTime) {
    this.#calmMs = calmMs;
    this.#measure = measure;
    this.#since = measure();
  }

  /** Milliseconds, by how busy the process was since the batch before. */
  next(): number {
    const now = this.#measure();
    const passedMs = now.atMs - this.#since.atMs;
    if (passedMs >= WINDOW_MS) {
      const share = (now.usedMs - this.#since.usedMs) / passedMs;
      this.#since = now;
      this.#factor = share >= SATURATED ? 7 : share >= BUSY ? 2 : 1;
    }
    return this.#calmMs * this.#factor;
  }
}
