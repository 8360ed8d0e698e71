import { randomBytes } from 'node:crypto';
import { comparePositions, type SpoolPosition } from './position.ts';
import type { BatchPlan, SpoolState, StateFile } from './state-file.ts';

/**
 * Decides, durably and before anything is written, which records form a batch. Storage ignores a batch id that it has
 * seen; so after a crash a batch must come back with the id and the records it had, or spans would be doubled or lost.
 *
 * Ids are `<random for each process>-<number>`: unique even when a copy of the directory is put back and used again.
 */
export class BatchPlans {
  readonly #file: StateFile;
  readonly #sync: boolean;
  readonly #released: (upTo: SpoolPosition) => void;
  readonly #run = randomBytes(12).toString('hex');
  #sequence = 0;
  #drained: SpoolPosition;
  #plans: BatchPlan[];
  readonly #done = new Set<string>();

  /** `sync`: plans survive a crash of the machine. `released` hears that everything in front of a position is stored. */
  constructor(file: StateFile, state: SpoolState, sync: boolean, released: (upTo: SpoolPosition) => void) {
    this.#file = file;
    this.#sync = sync;
    this.#released = released;
    this.#drained = state.drained;
    this.#plans = [...state.plans];
  }

  /** Planned, and not known to be stored; oldest first. After opening: those of the process before. */
  get unfinished(): readonly BatchPlan[] {
    return this.#plans.filter(plan => !this.#done.has(plan.id));
  }

  /** Everything in front of it is stored. */
  get drained(): SpoolPosition {
    return this.#drained;
  }

  /** Where the next batch starts. */
  get next(): SpoolPosition {
    return this.#plans.at(-1)?.to ?? this.#drained;
  }

  /** The batch from `next` to `to`. Resolves when the decision is durable; one call at a time. */
  async plan(to: SpoolPosition): Promise<BatchPlan> {
    const plan: BatchPlan = { id: `${this.#run}-${++this.#sequence}`, from: this.next, to };
    this.#plans.push(plan);
    try {
      await this.#save(this.#sync);
    } catch (error) {
      this.#plans.pop();
      throw error;
    }
    return plan;
  }

  /** From now on the batch is written in parts, also after a restart. */
  async split(id: string): Promise<void> {
    this.#plans = this.#plans.map(plan => (plan.id === id ? { ...plan, split: true } : plan));
    await this.#save(this.#sync);
  }

  /** The batch is stored. If that is forgotten in a crash, it is written again and storage ignores it. */
  async done(id: string): Promise<void> {
    this.#done.add(id);
    while (this.#plans[0] !== undefined && this.#done.has(this.#plans[0].id)) {
      const { id: first, to } = this.#plans.shift()!;
      this.#done.delete(first);
      this.#drained = to;
    }
    await this.#save(false);
    this.#released(this.#drained);
  }

  /** Nothing in front of `to` is worth a batch: no intact record is left there. Does nothing while batches are under way. */
  async skip(to: SpoolPosition): Promise<void> {
    if (this.#plans.length > 0 || comparePositions(to, this.#drained) <= 0) return;
    this.#drained = to;
    await this.#save(false);
    this.#released(to);
  }

  #save(sync: boolean): Promise<void> {
    return this.#file.save({ drained: this.#drained, plans: this.#plans }, sync);
  }
}
