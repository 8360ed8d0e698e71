/**
 * Span ids as two unsigned 32-bit halves. Zipkin ids are 1 to 16 lower-hex characters, padded with zeros on the left
 * (zipkin.md 7.1); files written by others also carry upper case, which is accepted here because nothing is lost by it.
 */
export interface SpanIdParts {
  hi: number;
  lo: number;
}

const HEX = new Int8Array(128).fill(-1);
for (let digit = 0; digit < 16; digit++) {
  const text = digit.toString(16);
  HEX[text.charCodeAt(0)] = digit;
  HEX[text.toUpperCase().charCodeAt(0)] = digit;
}

/** Writes the id into `into` and says whether it was one. Ids of more than 16 characters keep the right-most 16. */
export function parseSpanId(text: string, into: SpanIdParts): boolean {
  const length = text.length;
  if (length === 0 || length > 32) return false;
  let hi = 0;
  let lo = 0;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    const digit = code < 128 ? (HEX[code] as number) : -1;
    if (digit < 0) return false;
    hi = ((hi << 4) | (lo >>> 28)) >>> 0;
    lo = ((lo << 4) | digit) >>> 0;
  }
  into.hi = hi;
  into.lo = lo;
  return true;
}

export function formatSpanId(hi: number, lo: number): string {
  return hi.toString(16).padStart(8, '0') + lo.toString(16).padStart(8, '0');
}

/** Spread the bits so that sequential ids, which many tracers make, do not fill one run of the table. */
function hash(hi: number, lo: number): number {
  let h = Math.imul(hi ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(lo ^ (lo >>> 15), 0xc2b2ae35);
  h ^= h >>> 13;
  h = Math.imul(h, 0x27d4eb2f);
  return (h ^ (h >>> 16)) >>> 0;
}

/** From id to the number of the first entry put under it. Open addressing over typed arrays: no key strings on the heap. */
export class SpanIdTable {
  readonly #mask: number;
  readonly #hi: Uint32Array;
  readonly #lo: Uint32Array;
  readonly #value: Int32Array;

  /** @param entries the most ids that will be put */
  constructor(entries: number) {
    let size = 16;
    while (size < entries * 2) size *= 2;
    this.#mask = size - 1;
    this.#hi = new Uint32Array(size);
    this.#lo = new Uint32Array(size);
    this.#value = new Int32Array(size).fill(-1);
  }

  get(hi: number, lo: number): number {
    return this.#value[this.#slot(hi, lo)] as number;
  }

  /** Keeps what is there: returns the value already under the id, or -1 when `value` was put. */
  putIfAbsent(hi: number, lo: number, value: number): number {
    const slot = this.#slot(hi, lo);
    const present = this.#value[slot] as number;
    if (present >= 0) return present;
    this.#hi[slot] = hi;
    this.#lo[slot] = lo;
    this.#value[slot] = value;
    return -1;
  }

  #slot(hi: number, lo: number): number {
    let slot = hash(hi, lo) & this.#mask;
    while (this.#value[slot] !== -1 && (this.#hi[slot] !== hi || this.#lo[slot] !== lo)) slot = (slot + 1) & this.#mask;
    return slot;
  }
}
