import type { Span } from '@tracekin/model';
import type { OpenBatch, Storage } from '@tracekin/storage';

/** The batch of a storage that has no form of its own for one: it keeps the spans. */
export class KeptSpans implements OpenBatch {
  readonly #storage: Pick<Storage, 'write'>;
  #messages: (readonly Span[])[] = [];

  constructor(storage: Pick<Storage, 'write'>) {
    this.#storage = storage;
  }

  add(spans: readonly Span[]): void {
    this.#messages.push(spans);
  }

  write(id: string): Promise<void> {
    return this.#storage.write({ id, spans: this.spans() });
  }

  spans(): readonly Span[] {
    if (this.#messages.length > 1) this.#messages = [this.#messages.flat()];
    return this.#messages[0] ?? [];
  }

  close(): void {
    this.#messages = [];
  }
}
