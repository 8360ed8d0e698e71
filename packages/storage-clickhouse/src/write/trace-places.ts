import { encodeBlock } from '../native/block.ts';
import { ByteWriter } from '../native/byte-writer.ts';
import { dayOf } from './bucket.ts';

/** The distinct (trace, bucket) pairs of a batch: where to look for a trace. */
export class TracePlaces {
  #table = new Uint32Array(1 << 14);
  #mask = (1 << 14) - 1;
  /** high, low, bucket of each pair. */
  #pairs = new Uint32Array(3 << 13);
  #count = 0;

  reset(): void {
    this.#table.fill(0);
    this.#count = 0;
  }

  /** Returns the number of the pair. */
  add(high: number, low: number, bucket: number): number {
    const pairs = this.#pairs;
    let at = this.#start(high, low, bucket);
    for (;;) {
      const found = this.#table[at]!;
      if (found === 0) break;
      const pair = (found - 1) * 3;
      if (pairs[pair + 1] === low && pairs[pair] === high && pairs[pair + 2] === bucket) return found - 1;
      at = (at + 1) & this.#mask;
    }
    if (this.#count * 2 >= this.#table.length) {
      this.#grow();
      return this.add(high, low, bucket);
    }
    const pair = this.#count * 3;
    pairs[pair] = high;
    pairs[pair + 1] = low;
    pairs[pair + 2] = bucket;
    this.#table[at] = ++this.#count;
    return this.#count - 1;
  }

  #start(high: number, low: number, bucket: number): number {
    return (low ^ Math.imul(high, 0x85ebca6b) ^ Math.imul(bucket, 0x9e3779b1)) & this.#mask;
  }

  #grow(): void {
    const pairs = new Uint32Array(this.#table.length * 3);
    pairs.set(this.#pairs.subarray(0, this.#count * 3));
    this.#pairs = pairs;
    this.#table = new Uint32Array(this.#table.length * 2);
    this.#mask = this.#table.length - 1;
    for (let i = 0; i < this.#count; i++) {
      let at = this.#start(pairs[i * 3]!, pairs[i * 3 + 1]!, pairs[i * 3 + 2]!);
      while (this.#table[at] !== 0) at = (at + 1) & this.#mask;
      this.#table[at] = i + 1;
    }
  }

  /** The block for table `traces`. */
  encode(): Buffer {
    const day = new ByteWriter(this.#count * 4 + 8);
    const trace = new ByteWriter(this.#count * 8 + 8);
    const bucket = new ByteWriter(this.#count * 4 + 8);
    for (let i = 0; i < this.#count * 3; i += 3) {
      day.uint32(dayOf(this.#pairs[i + 2]!));
      trace.uint64(this.#pairs[i]!, this.#pairs[i + 1]!);
      bucket.uint32(this.#pairs[i + 2]!);
    }
    return encodeBlock(this.#count, [
      { name: 'day', type: 'UInt32', data: day },
      { name: 'trace_low', type: 'UInt64', data: trace },
      { name: 'bucket', type: 'UInt32', data: bucket },
    ]);
  }

  get count(): number {
    return this.#count;
  }

  /** low, high of each pair's trace; a trace in two buckets appears twice. */
  traceWords(): Uint32Array {
    const words = new Uint32Array(this.#count * 2);
    for (let i = 0; i < this.#count; i++) {
      words[i * 2] = this.#pairs[i * 3 + 1]!;
      words[i * 2 + 1] = this.#pairs[i * 3]!;
    }
    return words;
  }
}
