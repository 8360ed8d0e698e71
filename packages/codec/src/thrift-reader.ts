import type { DecodeLimits } from './format.ts';
import { tooDeep } from './limits.ts';
import { refuse } from './refuse.ts';

export const STOP = 0;
export const BOOL = 2;
export const BYTE = 3;
export const DOUBLE = 4;
export const I16 = 6;
export const I32 = 8;
export const I64 = 10;
export const STRING = 11;
export const STRUCT = 12;
export const MAP = 13;
export const SET = 14;
export const LIST = 15;

/** A field as `ThriftReader.field` gives it. A known id with another type is an unknown field. */
export function thriftField(type: number, id: number): number {
  return (type << 16) | id;
}

/** Reads thrift's TBinary encoding from bytes: big-endian integers, lengths of four bytes. `pos` is the next unread byte. */
export class ThriftReader {
  readonly bytes: Uint8Array;
  readonly limits: DecodeLimits;
  pos = 0;

  constructor(bytes: Uint8Array, limits: DecodeLimits) {
    this.bytes = bytes;
    this.limits = limits;
  }

  /** Moves over `length` bytes and returns where they start. */
  take(length: number): number {
    const start = this.pos;
    const available = this.bytes.length - start;
    if (length > available || length < 0) refuse(`Truncated: length ${length} > bytes available ${available}`);
    this.pos = start + length;
    return start;
  }

  byte(): number {
    return this.bytes[this.take(1)]!;
  }

  /** A field's type times 65536 plus its id (`thriftField`), or 0 at the end of the struct. */
  field(): number {
    const type = this.byte();
    if (type === STOP) return 0;
    const p = this.take(2);
    return (type << 16) | (this.bytes[p]! << 8) | this.bytes[p + 1]!;
  }

  int32(): number {
    const p = this.take(4);
    const b = this.bytes;
    return (b[p]! << 24) | (b[p + 1]! << 16) | (b[p + 2]! << 8) | b[p + 3]!;
  }

  /** A signed 64-bit integer. Refuses what a double cannot hold, negative ones excepted: they become -1. */
  int64(field: string): number {
    const high = this.int32();
    const low = this.int32() >>> 0;
    if (high < 0) return -1;
    if (high >= 0x20_0000) refuse(`${field} should be below 2^53`);
    return high * 0x1_0000_0000 + low;
  }

  /** A length, which cannot exceed what is left. Every element of any type takes a byte at least. */
  length(): number {
    const length = this.int32();
    const available = this.bytes.length - this.pos;
    if (length > available || length < 0) refuse(`Truncated: length ${length} > bytes available ${available}`);
    return length;
  }

  /** The length of a list, whose element type is not looked at, as Zipkin does not. */
  listLength(): number {
    this.take(1);
    return this.length();
  }

  /** Skips a value of the type. */
  skip(type: number, depth = 0): void {
    if (depth > this.limits.maxDepth) tooDeep(this.limits);
    switch (type) {
      case BOOL:
      case BYTE:
        this.take(1);
        return;
      case I16:
        this.take(2);
        return;
      case I32:
        this.take(4);
        return;
      case DOUBLE:
      case I64:
        this.take(8);
        return;
      case STRING:
        this.take(this.length());
        return;
      case STRUCT: {
        for (let field = this.field(); field !== 0; field = this.field()) this.skip(field >> 16, depth + 1);
        return;
      }
      case MAP: {
        const keyType = this.byte();
        const valueType = this.byte();
        for (let left = this.length(); left > 0; left--) {
          this.skip(keyType, depth + 1);
          this.skip(valueType, depth + 1);
        }
        return;
      }
      case SET:
      case LIST: {
        const type = this.byte();
        for (let left = this.length(); left > 0; left--) this.skip(type, depth + 1);
        return;
      }
      // A type of no known size would let a few bytes stand for billions of elements.
      default:
        refuse(`Malformed: unknown type ${type} at byte ${this.pos}`);
    }
  }
}
