const encoder = new TextEncoder();

/** Writes binary encodings into a buffer that grows. */
export class ByteWriter {
  bytes: Uint8Array<ArrayBuffer>;
  pos = 0;

  constructor(capacity = 4096) {
    this.bytes = new Uint8Array(capacity);
  }

  /** A copy of what was written. */
  take(): Uint8Array {
    const result = this.bytes.slice(0, this.pos);
    this.pos = 0;
    // One huge message should not keep its memory for good.
    if (this.bytes.length > 16_777_216) this.bytes = new Uint8Array(4096);
    return result;
  }

  reserve(extra: number): void {
    if (this.pos + extra <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.pos + extra));
    grown.set(this.bytes.subarray(0, this.pos));
    this.bytes = grown;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.pos++] = value;
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.pos);
    this.pos += bytes.length;
  }

  /** UTF-8 without a length; returns how many bytes. */
  utf8(text: string): number {
    const start = this.pos;
    this.reserve(text.length * 3);
    const { bytes } = this;
    let p = start;
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c >= 0x80) {
        p += encoder.encodeInto(i === 0 ? text : text.slice(i), bytes.subarray(p)).written;
        break;
      }
      bytes[p++] = c;
    }
    this.pos = p;
    return p - start;
  }

  /** Pairs of lower-hex digits as bytes. */
  hex(text: string): void {
    this.reserve(text.length >> 1);
    for (let i = 0; i < text.length; i += 2)
      this.bytes[this.pos++] = (digit(text.charCodeAt(i)) << 4) | digit(text.charCodeAt(i + 1));
  }

  /** An unsigned varint of at most 2^53. */
  varint(value: number): void {
    this.reserve(8);
    let rest = value;
    while (rest >= 0x1000_0000) {
      this.bytes[this.pos++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    while (rest >= 0x80) {
      this.bytes[this.pos++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.pos++] = rest;
  }

  /** Eight bytes, little-endian. */
  fixed64(value: number): void {
    this.fixed64Halves(value, Math.floor(value / 0x1_0000_0000));
  }

  /** Eight bytes, little-endian, of which each half is taken modulo 2^32. */
  fixed64Halves(low: number, high: number): void {
    this.reserve(8);
    this.#littleEndian(low >>> 0);
    this.#littleEndian(high >>> 0);
  }

  #littleEndian(value: number): void {
    const { bytes, pos } = this;
    bytes[pos] = value;
    bytes[pos + 1] = value >>> 8;
    bytes[pos + 2] = value >>> 16;
    bytes[pos + 3] = value >>> 24;
    this.pos = pos + 4;
  }

  /** Four bytes, big-endian. */
  int32(value: number): void {
    this.reserve(4);
    this.int32At(this.pos, value);
    this.pos += 4;
  }

  int32At(at: number, value: number): void {
    this.bytes[at] = value >>> 24;
    this.bytes[at + 1] = value >>> 16;
    this.bytes[at + 2] = value >>> 8;
    this.bytes[at + 3] = value;
  }

  /** Eight bytes, big-endian. */
  int64(value: number): void {
    this.int32(Math.floor(value / 0x1_0000_0000));
    this.int32(value >>> 0);
  }

  /**
   * Begins a length-delimited value and returns what `endDelimited` needs. One byte is set aside for the length: most
   * values are shorter than 128 bytes, and the others are moved.
   */
  beginDelimited(): number {
    this.reserve(1);
    return ++this.pos;
  }

  endDelimited(start: number): void {
    const length = this.pos - start;
    let extra = 0;
    for (let rest = length; rest >= 0x80; rest = Math.floor(rest / 0x80)) extra++;
    if (extra > 0) {
      this.reserve(extra);
      this.bytes.copyWithin(start + extra, start, this.pos);
    }
    this.pos = start - 1;
    this.varint(length);
    this.pos += length;
  }
}

function digit(code: number): number {
  return code <= 0x39 ? code - 0x30 : code - 0x57;
}
