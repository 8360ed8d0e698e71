import { refuse } from './refuse.ts';

export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH_DELIMITED = 2;
export const FIXED32 = 5;

/**
 * Reads protobuf fields from bytes. `pos` is the next unread byte and `end` the end of the message being read; nested
 * messages are read by narrowing `end` and setting it back.
 */
export class ProtoReader {
  readonly bytes: Uint8Array;
  pos: number;
  end: number;

  constructor(bytes: Uint8Array, start: number = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.pos = start;
    this.end = end;
  }

  /** Field number times 8 plus wire type. */
  key(): number {
    const key = this.pos < this.end && this.bytes[this.pos]! < 0x80 ? this.bytes[this.pos++]! : this.varint32();
    if (key >>> 3 === 0) refuse(`Malformed: field number was zero at byte ${this.pos - 1}`);
    return key;
  }

  /** An unsigned 32-bit varint. */
  varint32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#byte();
      if (shift === 28 && byte > 0x0f) break;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    return refuse(`Greater than 32-bit varint at position ${this.pos - 1}`);
  }

  /** The end of the length-delimited value that starts at `pos` after its length, which is consumed. */
  delimited(): number {
    const length = this.pos < this.end && this.bytes[this.pos]! < 0x80 ? this.bytes[this.pos++]! : this.varint32();
    const available = this.end - this.pos;
    if (length > available) refuse(`Truncated: length ${length} > bytes available ${available}`);
    return this.pos + length;
  }

  #byte(): number {
    if (this.pos >= this.end) refuse('Truncated: length 1 > bytes available 0');
    return this.bytes[this.pos++]!;
  }

  /** A varint as a signed 64-bit integer. Refuses what a double cannot hold, negative ones excepted: they become -1. */
  varint64(field: string): number {
    let low = 0;
    let high = 0;
    for (let i = 0; i < 10; i++) {
      const byte = this.#byte();
      if (i === 9 && byte > 1) break;
      const bits = byte & 0x7f;
      // Seven bits at a time: 28 into low, 28 into high, the last 8 above them.
      if (i < 4) low += bits * 2 ** (7 * i);
      else if (i < 8) high += bits * 2 ** (7 * (i - 4));
      else high += bits * 2 ** (7 * (i - 4));
      if (byte < 0x80) return signed64(field, low + (high % 16) * 2 ** 28, Math.floor(high / 16));
    }
    return refuse(`Greater than 64-bit varint at position ${this.pos - 1}`);
  }

  /** Eight bytes, little-endian, as `varint64` gives them. */
  fixed64(field: string): number {
    const p = this.take(8);
    const b = this.bytes;
    const low = (b[p]! | (b[p + 1]! << 8) | (b[p + 2]! << 16) | (b[p + 3]! << 24)) >>> 0;
    const high = (b[p + 4]! | (b[p + 5]! << 8) | (b[p + 6]! << 16) | (b[p + 7]! << 24)) >>> 0;
    return signed64(field, low, high);
  }

  /** Moves over `length` bytes and returns where they start. */
  take(length: number): number {
    const start = this.pos;
    const available = this.end - start;
    if (length > available) refuse(`Truncated: length ${length} > bytes available ${available}`);
    this.pos = start + length;
    return start;
  }

  #skipVarint(): void {
    for (let i = 0; i < 10; i++) if (this.#byte() < 0x80) return;
    refuse(`Greater than 64-bit varint at position ${this.pos - 1}`);
  }

  /** Skips the value of a field whose key was read. Groups, which proto3 does not have, are refused. */
  skip(key: number): void {
    switch (key & 7) {
      case VARINT:
        this.#skipVarint();
        return;
      case FIXED64:
        this.take(8);
        return;
      case LENGTH_DELIMITED:
        this.pos = this.delimited();
        return;
      case FIXED32:
        this.take(4);
        return;
      default:
        refuse(`Malformed: invalid wire type ${key & 7} at byte ${this.pos - 1}`);
    }
  }
}

function signed64(field: string, low: number, high: number): number {
  if (high >= 0x8000_0000) return -1;
  if (high >= 0x20_0000) refuse(`${field} should be below 2^53`);
  return high * 0x1_0000_0000 + low;
}
