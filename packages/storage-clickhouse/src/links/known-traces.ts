/** 2^27 bits, 16 MiB: one in a hundred new traces is taken for a known one at 14 million traces. */
const BITS_LOG2 = 27;
const HASHES = 4;

/**
 * Which traces have ever been written: a Bloom filter over the low halves of their ids. It may take a new trace for a known
 * one, which costs reading its spans, but never a known one for new. However full, it stays within its memory.
 */
export class KnownTraces {
  readonly #words: Uint32Array;
  readonly #shift: number;

  constructor(bitsLog2: number = BITS_LOG2) {
    this.#words = new Uint32Array(2 ** (bitsLog2 - 5));
    this.#shift = 32 - bitsLog2;
  }

  has(low: number, high: number): boolean {
    const step = stepOf(low, high);
    let hash = startOf(low, high);
    for (let i = 0; i < HASHES; i++) {
      const bit = hash >>> this.#shift;
      if ((this.#words[bit >>> 5]! & (1 << (bit & 31))) === 0) return false;
      hash = (hash + step) | 0;
    }
    return true;
  }

  add(low: number, high: number): void {
    const step = stepOf(low, high);
    let hash = startOf(low, high);
    for (let i = 0; i < HASHES; i++) {
      const bit = hash >>> this.#shift;
      this.#words[bit >>> 5]! |= 1 << (bit & 31);
      hash = (hash + step) | 0;
    }
  }
}

/** Ids need not be random: some clients count. */
function startOf(low: number, high: number): number {
  return mix(low ^ Math.imul(high, 0x85ebca6b));
}

function stepOf(low: number, high: number): number {
  return mix(high ^ Math.imul(low, 0xc2b2ae35)) | 1;
}

function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return h ^ (h >>> 16);
}
