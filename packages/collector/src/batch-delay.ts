import { cpus } from 'node:os';
import { performance } from 'node:perf_hooks';
import process from 'node:process';

/**
 * The process counts as saturated when its main thread uses this share of a core and this many messages come together on average, because
 * they waited while it was busy with others; the machine counts as busy when less than this share of it is idle, whoever uses the rest:
 * what storage, a load generator or a neighbour takes. Neither the thread's share nor the event loop's utilization tells the highest
 * rate from half of it: beside a storage engine on few cores work takes longer the less of it there is at a time.
 */
const BEGINS = { thread: 0.5, together: 3, idle: 0.04 };
/** Either ends on the other side of these. */
const ENDS = { thread: 0.4, together: 2, idle: 0.1 };
/** Shares are averages over about this long: in the 150 ms of one batch a collection of garbage looks like saturation. */
const AVERAGE_MS = 1000;
const SATURATED_FACTOR = 10;
const BUSY_FACTOR = 3;
/** A share is worth something after this long, in milliseconds. */
const WINDOW_MS = 100;

/** Sums since some moment in the past, milliseconds. */
export interface ProcessorTimes {
  readonly atMs: number;
  /** Of the main thread. */
  readonly threadMs: number;
  /** Of all processors of the machine. Waiting for a disk is not work. */
  readonly machineMs: number;
  readonly processors: number;
}

/** Messages since some moment in the past, and the groups in which they were committed. */
export interface MessageGroups {
  readonly groups: number;
  readonly records: number;
}

export function processorTimes(): ProcessorTimes {
  const { user, system } = process.threadCpuUsage();
  const all = cpus();
  const machineMs = all.reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  return { atMs: performance.now(), threadMs: (user + system) / 1000, machineMs, processors: all.length };
}

/**
 * How long the first span of a batch waits for others. What a batch costs besides its spans (statements, files, merges) is
 * several times the cost of the spans themselves when batches are small. So when the process has no time left they
 * become ten times as large, and three times when only the machine has none; until then a span is searchable as soon as can be.
 */
export class BatchDelay {
  readonly #calmMs: number;
  readonly #measure: () => ProcessorTimes & MessageGroups;
  #since: ProcessorTimes & MessageGroups;
  #thread = 0;
  #together = 1;
  #idle = 1;
  #saturated = false;
  #busy = false;

  constructor(calmMs: number, measure: () => ProcessorTimes & MessageGroups) {
    this.#calmMs = calmMs;
    this.#measure = measure;
    this.#since = measure();
  }

  /** Milliseconds, by how busy the process and the machine were since the batches before. */
  next(): number {
    const now = this.#measure();
    const since = this.#since;
    const passedMs = now.atMs - since.atMs;
    if (passedMs >= WINDOW_MS) {
      const weight = 1 - Math.exp(-passedMs / AVERAGE_MS);
      this.#thread += weight * ((now.threadMs - since.threadMs) / passedMs - this.#thread);
      const groups = now.groups - since.groups;
      if (groups > 0) this.#together += weight * ((now.records - since.records) / groups - this.#together);
      // A system that does not tell counts as idle.
      const worked = (now.machineMs - since.machineMs) / (passedMs * Math.max(1, now.processors));
      this.#idle += weight * (1 - worked - this.#idle);
      const limits = this.#saturated ? ENDS : BEGINS;
      this.#saturated = this.#thread >= limits.thread && this.#together >= limits.together;
      this.#busy = this.#idle < (this.#busy ? ENDS : BEGINS).idle;
      this.#since = now;
    }
    return this.#calmMs * (this.#saturated ? SATURATED_FACTOR : this.#busy ? BUSY_FACTOR : 1);
  }
}
