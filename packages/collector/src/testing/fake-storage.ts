import { encodeSpans } from '@tracekin/codec';
import { type Span, TracekinError } from '@tracekin/model';
import type { CheckResult, SpanBatch, Storage } from '@tracekin/storage';
import { jsonBatch } from './json-batch.ts';

/** Decides what becomes of a write: nothing, or the error to throw `before` or `after` storing. */
export type Fault = (batch: SpanBatch) => { readonly before?: unknown; readonly after?: unknown } | undefined;

/**
 * A storage that keeps the contract of `write` and nothing else: a batch id counts once. It complains when an id comes back
 * with other spans than before.
 */
export class FakeStorage {
  readonly batches: Map<string, readonly Span[]> = new Map();
  attempts = 0;
  fault: Fault;
  well = true;
  /** Writes wait for it. */
  gate: Promise<void> = Promise.resolve();
  readonly #seen = new Map<string, string>();

  /** With a form of its own for spans it gets them one message at a time. */
  readonly #ownForm: boolean;

  constructor(fault: Fault = () => undefined, ownForm = false) {
    this.fault = fault;
    this.#ownForm = ownForm;
  }

  get storage(): Storage {
    const write = (batch: SpanBatch): Promise<void> => this.#write(batch);
    const check = async (): Promise<CheckResult> => (this.well ? { ok: true } : { ok: false, error: 'away' });
    const openBatch = this.#ownForm ? () => jsonBatch(write) : undefined;
    const capabilities = { durable: true, deleteTrace: false };
    return { name: 'fake', capabilities, write, check, openBatch } as unknown as Storage;
  }

  get spans(): Span[] {
    return [...this.batches.values()].flat();
  }

  get ids(): string[] {
    return this.spans.map(({ id }) => id).sort();
  }

  async #write(batch: SpanBatch): Promise<void> {
    this.attempts++;
    // Encoded, because spans that are read back may have their fields in another order.
    const content = Buffer.from(encodeSpans(batch.spans, 'json-v2')).toString();
    if ((this.#seen.get(batch.id) ?? content) !== content)
      throw new Error(`batch ${batch.id} came back with other spans`);
    this.#seen.set(batch.id, content);
    await this.gate;
    const fault = this.fault(batch);
    if (fault?.before !== undefined) throw fault.before;
    if (!this.batches.has(batch.id)) this.batches.set(batch.id, [...batch.spans]);
    if (fault?.after !== undefined) throw fault.after;
  }
}

export const unavailable = (): TracekinError => new TracekinError('unavailable', 'storage is away');

let lastId = 0;

/** Spans with ids that no other call of this process gives. */
export function someSpans(count: number, over: Partial<Span> = {}): Span[] {
  return Array.from({ length: count }, () => {
    const id = (++lastId).toString(16).padStart(16, '0');
    return { traceId: id, id, name: 'get', timestamp: 1_700_000_000_000_000, duration: 5, ...over };
  });
}
