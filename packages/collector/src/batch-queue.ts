import type { Span } from '@tracekin/model';
import type { OpenBatch } from '@tracekin/storage';
import type { SpoolPosition } from './spool/position.ts';
import type { TransportName } from './transport-name.ts';

/** A spool record whose spans are in a batch. */
export interface QueuedRecord {
  /** Behind the record. */
  readonly to: SpoolPosition;
  readonly spanCount: number;
  readonly transport: TransportName;
  /** Bytes of the record's payload: a measure for the memory that the spans take. */
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly acceptedAt: number;
}

/** A batch ends with the record that reaches one of them. */
export interface BatchLimits {
  readonly maxBatchSpans: number;
  readonly maxBatchBytes: number;
}

/** Consecutive records that are written together. */
export class RecordBatch {
  readonly records: QueuedRecord[] = [];
  /** Their spans, in the form in which storage wants them. */
  readonly content: OpenBatch;
  spanCount = 0;
  bytes = 0;

  constructor(content: OpenBatch) {
    this.content = content;
  }

  add(record: QueuedRecord, spans: readonly Span[]): void {
    this.records.push(record);
    this.content.add(spans);
    this.spanCount += record.spanCount;
    this.bytes += record.bytes;
  }

  isFull({ maxBatchSpans, maxBatchBytes }: BatchLimits): boolean {
    return this.spanCount >= maxBatchSpans || this.bytes >= maxBatchBytes;
  }

  /** By which transport the span at `index` came. */
  transportOf(index: number): TransportName {
    let before = 0;
    for (const { spanCount, transport } of this.records) {
      before += spanCount;
      if (index < before) return transport;
    }
    throw new RangeError(`the batch has no span ${index}`);
  }
}

/** Records in the order of the spool, in the batches that they will be written in. */
export class BatchQueue {
  readonly #open: () => RecordBatch;
  readonly #limits: BatchLimits;
  readonly #batches: RecordBatch[] = [];

  constructor(open: () => RecordBatch, limits: BatchLimits) {
    this.#open = open;
    this.#limits = limits;
  }

  get isEmpty(): boolean {
    return this.#batches.length === 0;
  }

  /** The batch that is written next. */
  get first(): RecordBatch | undefined {
    return this.#batches[0];
  }

  push(record: QueuedRecord, spans: readonly Span[]): void {
    let last = this.#batches.at(-1);
    if (last === undefined || last.isFull(this.#limits)) {
      last = this.#open();
      this.#batches.push(last);
    }
    last.add(record, spans);
  }

  take(): RecordBatch | undefined {
    return this.#batches.shift();
  }
}
