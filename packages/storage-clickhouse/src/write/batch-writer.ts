import { lowTraceId, type Span } from '@tracekin/model';
import type { SpanBatch, StorageOptions } from '@tracekin/storage';
import type { CallLimits, Connection } from '../connection.ts';
import type { Settler } from '../links/settler.ts';
import type { NameStore } from '../names/name-store.ts';
import { spanText } from '../read/distinct-spans.ts';
import { readTraces } from '../read/read-traces.ts';
import { type Layout, POSTINGS, SPANS, TRACES, tableName } from '../schema/tables.ts';
import { BatchEncoder, type EncodedBatch } from './batch-encoder.ts';

/** Larger batches are written in pieces, each idempotent by itself: the engine's memory is limited. */
const MAX_BLOCK_SPANS = 65_536;
/** Traces that are read back at once to find out what an interrupted write left. */
const REPAIR_TRACES = 1_000;

const WRITE_LIMITS: CallLimits = { timeoutMs: 120_000, settings: { max_partitions_per_insert_block: '0' } };

/** Writes batches: encodes them, inserts into every table, and repairs what a crash left half done. */
export class BatchWriter {
  readonly #connection: Connection;
  readonly #layout: Layout;
  readonly #names: NameStore;
  readonly #settler: Settler;
  readonly #encoder: BatchEncoder;
  #encoding: Promise<unknown> = Promise.resolve();

  constructor(connection: Connection, layout: Layout, names: NameStore, settler: Settler, options: StorageOptions) {
    this.#settler = settler;
    this.#connection = connection;
    this.#layout = layout;
    this.#names = names;
    this.#encoder = new BatchEncoder(options);
  }

  async write({ id, spans }: SpanBatch): Promise<void> {
    for (let start = 0; start < spans.length; start += MAX_BLOCK_SPANS) {
      await this.#writePiece(
        `${id}/${start}`,
        start === 0 && spans.length <= MAX_BLOCK_SPANS ? spans : spans.slice(start, start + MAX_BLOCK_SPANS),
      );
    }
  }

  /**
   * Rows of `traces`, `postings` and `names` may repeat, so they are simply written again. `spans` come after them: once
   * they are there, everything that leads to them is. Last the note that their links have to be settled.
   */
  async #writePiece(token: string, spans: readonly Span[]): Promise<void> {
    const encoded = await this.#encode(spans);
    await Promise.all([
      this.#connection.insert(tableName(this.#layout, TRACES), encoded.traces, WRITE_LIMITS),
      encoded.postings === undefined
        ? undefined
        : this.#connection.insert(tableName(this.#layout, POSTINGS), encoded.postings, WRITE_LIMITS),
      this.#names.write(encoded.names),
    ]);
    const written = await this.#insertSpans(token, encoded);
    if (written < spans.length) await this.#repair(token, spans);
    await this.#settler.touch(encoded.traceWords, WRITE_LIMITS);
  }

  /** Batches take turns with the encoder; what they wait for is CPU anyway. */
  #encode(spans: readonly Span[]): Promise<EncodedBatch> {
    const encoding = this.#encoding.then(() => this.#encoder.encodeWithPauses(spans, Date.now()));
    this.#encoding = encoding.catch(() => {});
    return encoding;
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
    const encoded = await this.#encode(missing);
    await this.#insertSpans(`${token}/repair-${Date.now()}`, encoded);
  }
}
