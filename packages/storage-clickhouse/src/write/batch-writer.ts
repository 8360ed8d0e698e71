import { setImmediate } from 'node:timers/promises';
import { lowTraceId, type Span } from '@tracekin/model';
import type { SpanBatch, StorageOptions } from '@tracekin/storage';
import type { CallLimits, Connection } from '../connection.ts';
import type { Settler } from '../links/settler.ts';
import type { NameStore } from '../names/name-store.ts';
import { spanText } from '../read/distinct-spans.ts';
import { readTraces } from '../read/read-traces.ts';
import { type Layout, POSTINGS, SPANS, TRACES, tableName } from '../schema/tables.ts';
import { BatchEncoder, type EncodedBatch } from './batch-encoder.ts';
import { type BatchPiece, decodeSpans, EncodingBatch } from './encoding-batch.ts';

/** Traces that are read back at once to find out what an interrupted write left. */
const REPAIR_TRACES = 1_000;
/** Some ten milliseconds of encoding. */
const SPANS_WITHOUT_PAUSE = 4_096;
/** Encoders that are kept for the next batch; each holds the memory of its largest one. */
const MOST_IDLE_ENCODERS = 2;

const WRITE_LIMITS: CallLimits = { timeoutMs: 120_000, settings: { max_partitions_per_insert_block: '0' } };

/** Writes batches: inserts what is encoded into every table, and repairs what a crash left half done. */
export class BatchWriter {
  readonly #connection: Connection;
  readonly #layout: Layout;
  readonly #names: NameStore;
  readonly #settler: Settler;
  readonly #options: StorageOptions;
  readonly #idle: BatchEncoder[] = [];

  constructor(connection: Connection, layout: Layout, names: NameStore, settler: Settler, options: StorageOptions) {
    this.#settler = settler;
    this.#connection = connection;
    this.#layout = layout;
    this.#names = names;
    this.#options = options;
  }

  /** A batch to add spans to. */
  open(): EncodingBatch {
    return new EncodingBatch({
      take: () => this.#idle.pop() ?? new BatchEncoder(this.#options),
      giveBack: encoder => {
        if (this.#idle.length < MOST_IDLE_ENCODERS) this.#idle.push(encoder);
      },
    });
  }

  /** With pauses, so that 50,000 spans do not stop the process for a tenth of a second. */
  async write({ id, spans }: SpanBatch): Promise<void> {
    const batch = this.open();
    for (let start = 0; start < spans.length; start += SPANS_WITHOUT_PAUSE) {
      if (start > 0) await setImmediate();
      batch.add(spans.slice(start, start + SPANS_WITHOUT_PAUSE));
    }
    await this.writeEncoded(id, batch.pieces());
  }

  /** Each piece is idempotent by itself. */
  async writeEncoded(id: string, pieces: readonly BatchPiece[]): Promise<void> {
    for (const { start, encoded } of pieces) await this.#writePiece(`${id}/${start}`, encoded);
  }

  /**
   * Rows of `traces`, `postings` and `names` may repeat, so they are simply written again. `spans` come after them: once
   * they are there, everything that leads to them is. Last the note that their links have to be settled.
   */
  async #writePiece(token: string, encoded: EncodedBatch): Promise<void> {
    await Promise.all([
      this.#connection.insert(tableName(this.#layout, TRACES), encoded.traces, WRITE_LIMITS),
      encoded.postings === undefined
        ? undefined
        : this.#connection.insert(tableName(this.#layout, POSTINGS), encoded.postings, WRITE_LIMITS),
      this.#names.write(encoded.names),
    ]);
    const written = await this.#insertSpans(token, encoded);
    if (written < encoded.rows) await this.#repair(token, decodeSpans(encoded));
    await this.#settler.touch(encoded.links.traceWords, WRITE_LIMITS, encoded.links);
  }

  #insertSpans(token: string, { spans }: EncodedBatch): Promise<number> {
    return this.#connection.insert(tableName(this.#layout, SPANS), spans, {
      ...WRITE_LIMITS,
      settings: {
        insert_deduplicate: 1,
        insert_deduplication_token: token,
        // One block stays one part per day, whatever its size.
        max_insert_block_size: '10000000',
        ...WRITE_LIMITS.settings,
      },
    });
  }

  /**
   * The engine knew the token of some of the spans. That alone does not mean that they are there: it notes the token before
   * the part appears, and may have been killed in between. So look, and insert what is missing.
   */
  async #repair(token: string, spans: readonly Span[]): Promise<void> {
    const traces = Map.groupBy(spans, ({ traceId }) => lowTraceId(traceId));
    const lowIds = [...traces.keys()];
    const missing: Span[] = [];
    for (let start = 0; start < lowIds.length; start += REPAIR_TRACES) {
      const ids = lowIds.slice(start, start + REPAIR_TRACES);
      const stored = await readTraces(this.#connection, this.#layout, ids, WRITE_LIMITS);
      for (const id of ids) {
        const texts = new Set(stored.get(id)?.map(spanText));
        for (const span of traces.get(id)!) if (!texts.has(spanText(span))) missing.push(span);
      }
    }
    if (missing.length === 0) return;
    const batch = this.open();
    batch.add(missing);
    for (const { encoded } of batch.pieces()) await this.#insertSpans(`${token}/repair-${Date.now()}`, encoded);
  }
}
