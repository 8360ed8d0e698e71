import { RawSpan, type TagShape } from '@tracekin/codec';
import type { Span } from '@tracekin/model';
import type { BlockColumn } from '../native/block.ts';
import { ByteWriter } from '../native/byte-writer.ts';
import { DictionaryColumn } from '../native/dictionary-column.ts';
import { inTurn } from '../native/in-turn.ts';
import { WordColumn } from '../native/word-column.ts';
import type { BatchNames } from './batch-names.ts';
import { type KeyShape, KeyShapes } from './key-shapes.ts';
import type { Postings } from './postings.ts';
import { finishHash, HASH_PRIME, hashBytes } from './token-hash.ts';

export interface TagColumnsOptions {
  readonly searchEnabled: boolean;
  readonly autocompleteKeys: readonly string[];
}

/** The tags of a batch as columns, with their terms in the index and the values of autocomplete keys among the names. */
export class TagColumns {
  readonly keys: DictionaryColumn = new DictionaryColumn();
  readonly #ends = new WordColumn();
  readonly #values = new ByteWriter();
  readonly values: BlockColumn['data'] = inTurn(this.#ends, this.#values);
  readonly #shapes = new KeyShapes();
  readonly #postings: Postings;
  readonly #names: BatchNames;
  readonly #suggested: ReadonlySet<string>;
  #count = 0;
  /** Number of this batch. */
  #batch = 1;

  constructor(postings: Postings, names: BatchNames, options: TagColumnsOptions) {
    this.#postings = postings;
    this.#names = names;
    this.#suggested = new Set(options.searchEnabled ? options.autocompleteKeys : []);
  }

  reset(): void {
    this.#batch++;
    this.#count = 0;
    this.keys.reset();
    this.#ends.reset();
    this.#values.reset();
  }

  /** Appends the tags of a span; returns whether one of their keys is `error`. */
  add(span: Span, searchable: boolean, bucket: number, slot: number, service: number): boolean {
    const shape =
      span instanceof RawSpan && span.tagShape !== undefined
        ? this.#addRaw(span, span.tagShape, searchable, bucket, slot, service)
        : this.#addTexts(span.tags, searchable, bucket, slot, service);
    this.keys.push(shape.text);
    this.#ends.uint64Number(this.#count);
    return shape.hasError;
  }

  #addTexts(tags: Span['tags'], searchable: boolean, bucket: number, slot: number, service: number): KeyShape {
    let shape = this.#shapes.root();
    for (const key in tags) {
      shape = this.#shapes.after(shape, key);
      const value = tags[key]!;
      if (searchable) this.#index(shape, this.#text(value, shape.tagState), bucket, slot, service);
      else this.#values.string(value);
      if (this.#suggested.has(key)) this.#names.addTag(key, value);
      this.#count++;
    }
    return shape;
  }

  /** The same for tags that are still bytes of their message. */
  #addRaw(
    { message, tagsAt }: RawSpan,
    tagShape: TagShape,
    searchable: boolean,
    bucket: number,
    slot: number,
    service: number,
  ): KeyShape {
    const { bytes, places } = message;
    const { shapes, order } = this.#shapes.ofTags(tagShape);
    const suggests = this.#suggested.size > 0;
    for (let i = 0; i < order.length; i++) {
      const shape = shapes[i]!;
      const at = tagsAt + 2 * order[i]!;
      const [start, end] = [places[at]!, places[at + 1]!];
      const tag = this.#bytes(bytes, start, end, shape.tagState);
      if (searchable) this.#index(shape, tag, bucket, slot, service);
      if (suggests && this.#suggested.has(shape.key))
        this.#names.addTag(shape.key, Buffer.from(bytes.subarray(start, end)).toString('latin1'));
    }
    this.#count += order.length;
    return shapes[order.length - 1]!;
  }

  #index(shape: KeyShape, tag: number, bucket: number, slot: number, service: number): void {
    this.#postings.addTag(tag, bucket, slot, service);
    // Keys are nearly always frequent, and then this is half of all the work with the index.
    if (shape.frequentIn === bucket && shape.batch === this.#batch) return;
    if (!this.#postings.add(shape.wordHash, bucket, slot)) return;
    shape.frequentIn = bucket;
    shape.batch = this.#batch;
  }

  /** Writes less than 2^14 ASCII characters and returns the hash of the whole tag: one pass does both. */
  #bytes(from: Uint8Array, start: number, end: number, state: number): number {
    const out = this.#values;
    const count = end - start;
    out.reserve(count + 2);
    const { bytes } = out;
    let { length } = out;
    if (count < 0x80) {
      bytes[length++] = count;
    } else {
      bytes[length++] = count | 0x80;
      bytes[length++] = count >>> 7;
    }
    let hash = state;
    for (let i = start; i < end; i++) {
      const code = from[i]!;
      hash = Math.imul(hash ^ code, HASH_PRIME);
      bytes[length++] = code;
    }
    out.length = length;
    return finishHash(hash);
  }

  /** The same of any text. */
  #text(value: string, state: number): number {
    const out = this.#values;
    const count = value.length;
    if (count < 64) {
      out.reserve(count + 1);
      const { bytes, length } = out;
      let hash = state;
      let i = 0;
      for (; i < count; i++) {
        const code = value.charCodeAt(i);
        if (code > 0x7f) break;
        hash = Math.imul(hash ^ code, HASH_PRIME);
        bytes[length + 1 + i] = code;
      }
      if (i === count) {
        bytes[length] = count;
        out.length = length + 1 + count;
        return finishHash(hash);
      }
    }
    const size = Buffer.byteLength(value, 'utf8');
    out.string(value);
    return finishHash(hashBytes(state, out.bytes, out.length - size, out.length));
  }
}
