import { type BlockColumn, encodeBlock } from '../native/block.ts';
import { ByteWriter } from '../native/byte-writer.ts';
import { WordColumn } from '../native/word-column.ts';
import { ANY_SLOT, dayOf } from './bucket.ts';

/**
 * A term in more slots than this of one bucket (in one batch) is written once, for the whole bucket: a frequent term is
 * found by reading the newest spans and needs no precise index. It bounds the index to the rare terms and makes it small.
 */
export const FREQUENT = 64;

/**
 * The inverted index of one batch: which (bucket, slot) a term occurs in. Open addressing over typed arrays, because some 30
 * terms a span pass through here.
 */
export class Postings {
  #capacity: number;
  #mask: number;
  /** Entry + 1 by hash, 0 when free. */
  #table: Uint32Array;
  #hashes: Uint32Array;
  #buckets: Uint32Array;
  #counts: Uint16Array;
  #lastSlots: Int32Array;
  #entries = 0;
  /** Rows: the entry and the slot. */
  #rowEntries: Uint32Array;
  #rowSlots: Uint16Array;
  #rows = 0;

  constructor(capacity: number = 1 << 14) {
    this.#capacity = capacity;
    this.#mask = capacity * 2 - 1;
    this.#table = new Uint32Array(capacity * 2);
    this.#hashes = new Uint32Array(capacity);
    this.#buckets = new Uint32Array(capacity);
    this.#counts = new Uint16Array(capacity);
    this.#lastSlots = new Int32Array(capacity);
    this.#rowEntries = new Uint32Array(capacity);
    this.#rowSlots = new Uint16Array(capacity);
  }

  reset(): void {
    this.#table.fill(0);
    this.#entries = 0;
    this.#rows = 0;
  }

  /** True when the term is frequent in the bucket: adding it again would change nothing. */
  add(hash: number, bucket: number, slot: number): boolean {
    const entry = this.#entry(hash, bucket);
    const count = this.#counts[entry]!;
    if (count > FREQUENT) return true;
    if (this.#lastSlots[entry] === slot) return false;
    this.#lastSlots[entry] = slot;
    this.#counts[entry] = count + 1;
    if (count === FREQUENT) return true;
    if (this.#rows === this.#rowEntries.length) this.#growRows();
    this.#rowEntries[this.#rows] = entry;
    this.#rowSlots[this.#rows++] = slot;
    return false;
  }

  #entry(hash: number, bucket: number): number {
    let at = (hash ^ Math.imul(bucket, 0x9e3779b1)) & this.#mask;
    for (;;) {
      const found = this.#table[at]!;
      if (found === 0) break;
      if (this.#hashes[found - 1] === hash && this.#buckets[found - 1] === bucket) return found - 1;
      at = (at + 1) & this.#mask;
    }
    if (this.#entries === this.#capacity) {
      this.#growEntries();
      return this.#entry(hash, bucket);
    }
    const entry = this.#entries++;
    this.#table[at] = entry + 1;
    this.#hashes[entry] = hash;
    this.#buckets[entry] = bucket;
    this.#counts[entry] = 0;
    this.#lastSlots[entry] = -1;
    return entry;
  }

  #growEntries(): void {
    const capacity = this.#capacity * 2;
    this.#hashes = grow(this.#hashes, new Uint32Array(capacity));
    this.#buckets = grow(this.#buckets, new Uint32Array(capacity));
    this.#counts = grow(this.#counts, new Uint16Array(capacity));
    this.#lastSlots = grow(this.#lastSlots, new Int32Array(capacity));
    this.#table = new Uint32Array(capacity * 2);
    this.#capacity = capacity;
    this.#mask = capacity * 2 - 1;
    for (let entry = 0; entry < this.#entries; entry++) {
      let at = (this.#hashes[entry]! ^ Math.imul(this.#buckets[entry]!, 0x9e3779b1)) & this.#mask;
      while (this.#table[at] !== 0) at = (at + 1) & this.#mask;
      this.#table[at] = entry + 1;
    }
  }

  #growRows(): void {
    this.#rowEntries = grow(this.#rowEntries, new Uint32Array(this.#rows * 2));
    this.#rowSlots = grow(this.#rowSlots, new Uint16Array(this.#rows * 2));
  }

  /** The block for table `postings`, or undefined when there is nothing to index. */
  encode(): Buffer | undefined {
    const day = new WordColumn();
    const hash = new WordColumn();
    const bucket = new WordColumn();
    const slot = new ByteWriter(2 * (this.#rows + 1024));
    let rows = 0;
    const push = (entry: number, place: number): void => {
      day.uint32(dayOf(this.#buckets[entry]!));
      hash.uint32(this.#hashes[entry]!);
      bucket.uint32(this.#buckets[entry]!);
      slot.uint16(place);
      rows++;
    };
    for (let row = 0; row < this.#rows; row++) {
      const entry = this.#rowEntries[row]!;
      if (this.#counts[entry]! <= FREQUENT) push(entry, this.#rowSlots[row]!);
    }
    for (let entry = 0; entry < this.#entries; entry++) {
      if (this.#counts[entry]! > FREQUENT) push(entry, ANY_SLOT);
    }
    if (rows === 0) return undefined;
    const columns: BlockColumn[] = [
      { name: 'day', type: 'UInt32', data: day },
      { name: 'hash', type: 'UInt32', data: hash },
      { name: 'bucket', type: 'UInt32', data: bucket },
      { name: 'slot', type: 'UInt16', data: slot },
    ];
    return encodeBlock(rows, columns);
  }
}

function grow<T extends Uint32Array | Uint16Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
