import type { ByteWriter } from './byte-writer.ts';

/**
 * A column of UInt32, or of UInt64 as pairs of halves. Little endian as every platform that Node has releases for, so the
 * memory is the encoding. Reused from block to block.
 */
export class WordColumn {
  #words = new Uint32Array(1024);
  #count = 0;

  reset(): void {
    this.#count = 0;
  }

  uint32(value: number): void {
    if (this.#count === this.#words.length) this.#grow();
    this.#words[this.#count++] = value;
  }

  uint64(high: number, low: number): void {
    if (this.#count + 2 > this.#words.length) this.#grow();
    this.#words[this.#count] = low;
    this.#words[this.#count + 1] = high;
    this.#count += 2;
  }

  /** A safe integer, not negative, as UInt64. */
  uint64Number(value: number): void {
    this.uint64(value < 0x1_0000_0000 ? 0 : Math.floor(value / 0x1_0000_0000), value >>> 0);
  }

  /** Replaces the `index`th UInt32 that was appended. */
  replaceUint32(index: number, value: number): void {
    this.#words[index] = value;
  }

  /** The words that were appended, as a copy. */
  words(): Uint32Array {
    return this.#words.slice(0, this.#count);
  }

  writeTo(out: ByteWriter): void {
    out.append(new Uint8Array(this.#words.buffer, 0, this.#count * 4));
  }

  #grow(): void {
    const grown = new Uint32Array(this.#words.length * 2);
    grown.set(this.#words);
    this.#words = grown;
  }
}
