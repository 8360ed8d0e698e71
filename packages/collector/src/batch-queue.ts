import type { Span } from '@tracekin/model';
import type { SpoolPosition } from './spool/position.ts';
import type { TransportName } from './transport-name.ts';

/** The spans of one spool record. */
export interface QueuedRecord {
  /** Behind the record. */
  readonly to: SpoolPosition;
  readonly spans: readonly Span[];
  readonly transport: TransportName;
  /** Bytes of the record's payload: a measure for the memory that the spans take. */
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly acceptedAt: number;
}

/** Consecutive records that are written together. */
export class RecordBatch {
  readonly records: QueuedRecord[] = [];
  spanCount = 0;
  bytes = 0;

  add(record: QueuedRecord): void {
    this.records.push(record);
    this.spanCount += record.spans.length;
    this.bytes += record.bytes;
  }

  get spans(): readonly Span[] {
    return this.records.length === 1 ? this.records[0]!.spans : this.records.flatMap(({ spans }) => spans);
  }

  /** By which transport the span at `index` of `spans` came. */
  transportOf(index: number): TransportName {
    let before = 0;
    for (const { spans, transport } of this.records) {
      before += spans.length;
      if (index < before) return transport;
    }
    throw new RangeError(`the batch has no span ${index}`);
  }
}

/** Records in the order of the spool, decoded, waiting to be written. */
export class BatchQueue {
  #records: QueuedRecord[] = [];
  spanCount = 0;
  bytes = 0;

  get isEmpty(): boolean {
    return this.#records.length === 0;
  }

  get oldest(): QueuedRecord | undefined {
    return this.#records[0];
  }

  push(record: QueuedRecord): void {
    this.#records.push(record);
    this.spanCount += record.spans.length;
    this.bytes += record.bytes;
  }

  /** Takes records from the front until one of the limits is reached: at least one. */
  take(maxSpans: number, maxBytes: number): RecordBatch {
    const batch = new RecordBatch();
    let taken = 0;
    while (taken < this.#records.length && batch.spanCount < maxSpans && batch.bytes < maxBytes) {
      batch.add(this.#records[taken++]!);
    }
    this.#records = this.#records.slice(taken);
    this.spanCount -= batch.spanCount;
    this.bytes -= batch.bytes;
    return batch;
  }
}
