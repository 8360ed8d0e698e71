import { hash } from 'node:crypto';
import type { EpochMillis, Span } from '@tracekin/model';
import type { BulkDocument } from './bulk-writer.ts';
import type { IndexNames } from './index-names.ts';
import { spanDay, spanSource, usualSource } from './span-document.ts';

/** Bytes of one block of lines; a longer document gets one of its own. */
const blockBytes = 1 << 20;
const md5Characters = 32;
const afterId = '"}}\n';
const newline = 0x0a;

/**
 * Spans as lines of a bulk request. A document's text is turned into bytes once, where the request needs them, and its id
 * `traceId-md5(document)` is taken from these bytes: Zipkin's id, so writing a span again changes nothing.
 */
export class SpanLines {
  readonly #names: IndexNames;
  readonly #searchable: boolean;
  #block: Buffer = Buffer.alloc(0);
  #used = 0;
  #index = '';
  /** The action line up to the id; the prefix of an index may be any text, all else is ASCII. */
  #beforeId: Buffer = Buffer.alloc(0);

  constructor(names: IndexNames, searchable: boolean) {
    this.#names = names;
    this.#searchable = searchable;
  }

  /** `now` decides the day of a span without any time. */
  document(span: Span, now: EpochMillis): BulkDocument {
    const index = this.#names.of('span', spanDay(span, now));
    if (index !== this.#index) {
      this.#index = index;
      this.#beforeId = Buffer.from(`{"index":{"_index":"${index}","_id":"`);
    }
    const { traceId } = span;
    const idAt = this.#beforeId.length;
    const head = idAt + traceId.length + 1 + md5Characters + afterId.length;
    const [start, end] = this.#writeUsual(span, head) ?? this.#writeAny(span, head);
    const block = this.#block;
    const digest = hash('md5', block.subarray(start + head, end), 'hex');
    const id = `${traceId}-${digest}`;
    block.set(this.#beforeId, start);
    block.write(`${id}${afterId}`, start + idAt, 'latin1');
    block[end] = newline;
    this.#used = end + 1;
    return { action: 'index', index, id, lines: block.subarray(start, end + 1) };
  }

  /** Writes a span's document behind `head` free bytes: where these start and where it ends. Undefined when it is not an usual one. */
  #writeUsual(span: Span, head: number): [start: number, end: number] | undefined {
    const source = usualSource(span, this.#searchable);
    if (source === undefined) return undefined;
    const { fields, span: text } = source;
    const start = this.#room(head + 3 * (fields.length + text.length) + 1);
    const block = this.#block;
    const textAt = start + head + block.write(fields, start + head) - 1;
    const last = block[textAt]!;
    const end = textAt + block.write(text, textAt);
    // The span's own brace stands where the last byte of the fields was, a comma or the brace itself.
    block[textAt] = last;
    // Anything beyond ASCII may be half of a pair, which Zipkin escapes.
    return end - start - head === fields.length + text.length - 1 ? [start, end] : undefined;
  }

  #writeAny(span: Span, head: number): [start: number, end: number] {
    const source = spanSource(span, this.#searchable);
    const start = this.#room(head + 3 * source.length + 1);
    return [start, start + head + this.#block.write(source, start + head)];
  }

  /** Where the next `bytes` may be written. */
  #room(bytes: number): number {
    if (this.#used + bytes > this.#block.length) {
      this.#block = Buffer.allocUnsafe(Math.max(blockBytes, bytes));
      this.#used = 0;
    }
    return this.#used;
  }
}
