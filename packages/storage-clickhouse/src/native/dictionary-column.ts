import { ByteWriter } from './byte-writer.ts';

/** Serialization version of LowCardinality: one dictionary with the block. */
const SHARED_DICTIONARIES = 1;
/** The keys follow in the block itself, and replace what a reader knew. */
const ADDITIONAL_KEYS_AND_UPDATE = 0x600;

/**
 * A `LowCardinality(String)` column: distinct texts once, and an index per row. The index of a text within the block is
 * also what the encoder uses to recognise pairs of names cheaply.
 */
export class DictionaryColumn {
  readonly #indexes = new Map<string, number>();
  readonly #keys = new ByteWriter();
  #rows = new Uint32Array(1024);
  #count = 0;
  /** Of the row before, which is often the same. */
  #lastText: string | undefined;
  #lastIndex = 0;

  reset(): void {
    this.#indexes.clear();
    this.#keys.reset();
    this.#count = 0;
    this.#lastText = undefined;
  }

  /** Appends a row; returns the index of its text in this block. */
  push(text: string): number {
    const index = text === this.#lastText ? this.#lastIndex : (this.#indexes.get(text) ?? this.#add(text));
    this.#lastText = text;
    this.#lastIndex = index;
    if (this.#count === this.#rows.length) {
      const grown = new Uint32Array(this.#rows.length * 2);
      grown.set(this.#rows);
      this.#rows = grown;
    }
    this.#rows[this.#count++] = index;
    return index;
  }

  #add(text: string): number {
    const index = this.#indexes.size;
    this.#indexes.set(text, index);
    this.#keys.string(text);
    return index;
  }

  /** The distinct texts so far, by index. */
  texts(): string[] {
    return [...this.#indexes.keys()];
  }

  /** What was appended, as a copy: the distinct texts, and the index of each row's. */
  dictionary(): { readonly texts: readonly string[]; readonly rows: Uint32Array } {
    return { texts: this.texts(), rows: this.#rows.slice(0, this.#count) };
  }

  writeTo(out: ByteWriter): void {
    if (this.#count === 0) return;
    const keys = this.#indexes.size;
    const width = keys <= 0x100 ? 0 : keys <= 0x1_0000 ? 1 : 2;
    out.uint64Number(SHARED_DICTIONARIES);
    out.uint64Number(ADDITIONAL_KEYS_AND_UPDATE | width);
    out.uint64Number(keys);
    out.append(this.#keys.view());
    out.uint64Number(this.#count);
    const rows = this.#rows.subarray(0, this.#count);
    const narrow = width === 0 ? Uint8Array.from(rows) : width === 1 ? Uint16Array.from(rows) : rows;
    out.append(new Uint8Array(narrow.buffer, narrow.byteOffset, narrow.byteLength));
  }
}
