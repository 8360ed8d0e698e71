import { randomBytes } from 'node:crypto';
import type { Span, TracekinError } from '@tracekin/model';
import type { Storage } from '@tracekin/storage';
import type { Backlog } from './writer.ts';

/**
 * Gives every message to storage at once, for storages that keep nothing through a crash anyway: a spool in front of them
 * would promise what they cannot hold.
 */
export class DirectWrites {
  readonly #storage: Storage;
  readonly #run = randomBytes(12).toString('hex');
  readonly #writing = new Map<Promise<void>, { readonly spans: number; readonly since: number }>();
  #sequence = 0;
  #stored = 0;
  #failed = 0;
  #failure: string | undefined;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  get backlog(): Backlog {
    const writing = [...this.#writing.values()];
    return {
      spans: writing.reduce((sum, { spans }) => sum + spans, 0),
      bytes: 0,
      ageMs: writing[0] === undefined ? 0 : Math.max(0, Date.now() - writing[0].since),
      batchesStored: this.#stored,
      failedAttempts: this.#failed,
      failure: this.#failure,
    };
  }

  refusal(): TracekinError | undefined {
    return undefined;
  }

  admit(): Promise<void> | undefined {
    return undefined;
  }

  keep(spans: readonly Span[]): Promise<void> {
    const writing = this.#storage.write({ id: `${this.#run}-${++this.#sequence}`, spans }).then(
      () => {
        this.#stored++;
        this.#failure = undefined;
        this.#writing.delete(writing);
      },
      error => {
        this.#failed++;
        this.#failure = error instanceof Error ? error.message : String(error);
        this.#writing.delete(writing);
        throw error;
      },
    );
    this.#writing.set(writing, { spans: spans.length, since: Date.now() });
    return writing;
  }

  async drain(timeoutMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>(resolve => {
      timer = setTimeout(() => resolve(false), timeoutMs);
    });
    const all = Promise.allSettled(this.#writing.keys()).then(() => true);
    try {
      return await Promise.race([all, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {}
}
