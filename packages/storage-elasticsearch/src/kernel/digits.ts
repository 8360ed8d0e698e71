import { HIGH_DIGIT, LOW_DIGIT } from '@tracekin/codec';

/** Writes a whole number of at most 2^53 in decimal digits that end at `end`. Returns where they start. */
export function putNumber(bytes: Uint8Array, end: number, value: number): number {
  let at = end;
  let rest = value;
  if (value >= 1e8) {
    const high = Math.floor(value / 1e8);
    let low = value - high * 1e8;
    for (let digit = 0; digit < 8; digit++) {
      const tenth = (low / 10) | 0;
      bytes[--at] = 0x30 + low - tenth * 10;
      low = tenth;
    }
    rest = high;
  }
  do {
    const tenth = (rest / 10) | 0;
    bytes[--at] = 0x30 + rest - tenth * 10;
    rest = tenth;
  } while (rest > 0);
  return at;
}

/** A 64-bit id of two words as 16 digits. */
export function putId(bytes: Uint8Array, at: number, ids: Uint32Array, word: number): void {
  for (let half = 0; half < 2; half++) {
    const value = ids[word + half]!;
    for (let i = 0; i < 4; i++) {
      const byte = (value >>> (24 - 8 * i)) & 255;
      bytes[at + 8 * half + 2 * i] = HIGH_DIGIT[byte]!;
      bytes[at + 8 * half + 2 * i + 1] = LOW_DIGIT[byte]!;
    }
  }
}
