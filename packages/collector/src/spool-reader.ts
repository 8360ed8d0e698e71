import type { DecodeLimits, decodeSpans } from '@tracekin/codec';
import type { Span } from '@tracekin/model';
import type { BatchLimits, RecordBatch } from './batch-queue.ts';
import type { CollectorMetrics } from './collector-metrics.ts';
import type { Log } from './log.ts';
import { setRejectedAside } from './rejected-spans.ts';
import { comparePositions, type SpoolPosition } from './spool/position.ts';
import type { Spool, SpoolRecord } from './spool/spool.ts';

/** Records were decoded under the limits of their time; a restart with lower ones must not lose them. */
const replayLimits: Partial<DecodeLimits> = { maxSpans: Number.MAX_SAFE_INTEGER };

const unlimited: BatchLimits = { maxBatchSpans: Number.POSITIVE_INFINITY, maxBatchBytes: Number.POSITIVE_INFINITY };

export interface ReadBatch {
  readonly batch: RecordBatch;
  /** Behind what was read. */
  readonly to: SpoolPosition;
  /** Spans of records that this process appended. */
  readonly ownSpans: number;
}

/** Reads batches back from the spool, for a writer that does not have them in memory. */
export class SpoolReader {
  readonly #spool: Spool;
  readonly #metrics: CollectorMetrics;
  readonly #log: Log;
  readonly #open: () => RecordBatch;
  readonly #decodeSpans: typeof decodeSpans;
  readonly #ownSince: SpoolPosition;

  /** `open` makes a batch for the records, `decode` what it wants of them. */
  constructor(spool: Spool, metrics: CollectorMetrics, log: Log, open: () => RecordBatch, decode: typeof decodeSpans) {
    this.#open = open;
    this.#decodeSpans = decode;
    this.#spool = spool;
    this.#metrics = metrics;
    this.#log = log;
    this.#ownSince = spool.end;
    spool.onDamage(({ what, record }) => {
      // A torn record was acknowledged only if the machine crashed, and not even then if it had been synced.
      if (what === 'altered' && record !== undefined) {
        metrics.spansDropped(record.transport, record.spanCount, 'corrupt');
      }
    });
  }

  /** Records from `from` to `end`, or to where one of the limits is reached. Rejects when the disk fails. */
  async read(from: SpoolPosition, end: SpoolPosition, limits: BatchLimits = unlimited): Promise<ReadBatch> {
    const batch = this.#open();
    let ownSpans = 0;
    for await (const record of this.#spool.read(from, end)) {
      if (comparePositions(record.from, this.#ownSince) >= 0) ownSpans += record.spanCount;
      const { to, transport, acceptedAt, payload } = record;
      const spans = await this.#decode(record);
      batch.add({ to, transport, acceptedAt, spanCount: spans.length, bytes: payload.length }, spans);
      if (batch.isFull(limits)) return { batch, to, ownSpans };
    }
    return { batch, to: end, ownSpans };
  }

  /** A record that was decoded once decodes again, unless the decoder has changed; then it is set aside whole. */
  async #decode(record: SpoolRecord): Promise<Span[]> {
    try {
      return this.#decodeSpans(record.payload, record.format, replayLimits);
    } catch (error) {
      const name = `${record.from.segment}-${record.from.offset}.${record.format}`;
      const path = await setRejectedAside(this.#spool.directory, name, record.payload);
      this.#log('error', 'a spool record can no longer be decoded; it is set aside', { path, cause: String(error) });
      this.#metrics.spansDropped(record.transport, record.spanCount, 'corrupt');
      return [];
    }
  }
}
