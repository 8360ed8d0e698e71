/**
 * Remembers what recent byte ranges decoded to, so that what occurs in every span is made once and shared. A table in which
 * an entry that was asked for again survives the next newcomer to its slot, so that values which occur once do not drive
 * out those that recur. Bounded for any input, and a collision costs a miss, never a wrong answer, because the bytes are
 * compared in full.
 */
export class ByteRangeCache<T> {
  readonly #mask: number;
  readonly #maxBytes: number;
  readonly #bytes: Uint8Array;
  /** 0 marks an empty slot. */
  readonly #lengths: Uint8Array;
  /** 1 when the entry was asked for since it was set or last survived. */
  readonly #used: Uint8Array;
  readonly #values: (T | undefined)[];

  /** `slots` is a power of two; ranges longer than `maxBytes` (at most 255) are not kept. */
  constructor(slots: number, maxBytes: number) {
    this.#mask = slots - 1;
    this.#maxBytes = maxBytes;
    this.#bytes = new Uint8Array(slots * maxBytes);
    this.#lengths = new Uint8Array(slots);
    this.#used = new Uint8Array(slots);
    this.#values = new Array<T | undefined>(slots).fill(undefined);
  }

  /** What was set for these very bytes, if it is still known. */
  get(bytes: Uint8Array, start: number, end: number): T | undefined {
    const length = end - start;
    if (length > this.#maxBytes || length <= 0) return undefined;
    const slot = hash(bytes, start, length) & this.#mask;
    if (this.#lengths[slot] !== length) return undefined;
    const known = this.#bytes;
    const base = slot * this.#maxBytes;
    for (let i = 0; i < length; i++) if (known[base + i] !== bytes[start + i]) return undefined;
    this.#used[slot] = 1;
    return this.#values[slot];
  }

  /** Remembers a value, unless the slot's entry is to survive. */
  set(bytes: Uint8Array, start: number, end: number, value: T): void {
    const length = end - start;
    if (length > this.#maxBytes || length <= 0) return;
    const slot = hash(bytes, start, length) & this.#mask;
    if (this.#used[slot] === 1) {
      this.#used[slot] = 0;
      return;
    }
    const base = slot * this.#maxBytes;
    for (let i = 0; i < length; i++) this.#bytes[base + i] = bytes[start + i]!;
    this.#lengths[slot] = length;
    this.#values[slot] = value;
  }
}

/** Samples seven bytes instead of reading all: numbers and ids differ at their end, paths in the middle. */
function hash(bytes: Uint8Array, start: number, length: number): number {
  const last = start + length - 1;
  const half = length >> 1;
  const quarter = length >> 2;
  const a = bytes[start]! | (bytes[start + half]! << 8) | (bytes[last]! << 16) | (length << 24);
  const b =
    bytes[start + quarter]! |
    (bytes[last - quarter]! << 8) |
    (bytes[last - (half >> 1)]! << 16) |
    (bytes[length > 1 ? last - 1 : last]! << 24);
  const mixed = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77);
  return mixed ^ (mixed >>> 15);
}
