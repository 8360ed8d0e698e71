/**
 * A buffer that grows by doubling, for one column of a block. Numbers are little endian, as ClickHouse's Native format
 * has them. Reused from block to block: `reset` keeps the memory.
 */
export class ByteWriter {
  bytes: Buffer;
  length = 0;

  constructor(capacity = 4096) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
  }

  reset(): void {
    this.length = 0;
  }

  /** Makes room for `extra` more bytes; callers that write to `bytes` themselves call it first. */
  reserve(extra: number): void {
    const needed = this.length + extra;
    if (needed <= this.bytes.length) return;
    let capacity = this.bytes.length * 2;
    while (capacity < needed) capacity *= 2;
    const grown = Buffer.allocUnsafeSlow(capacity);
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }

  uint8(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  uint16(value: number): void {
    this.reserve(2);
    this.bytes[this.length++] = value;
    this.bytes[this.length++] = value >>> 8;
  }

  uint32(value: number): void {
    this.reserve(4);
    const { bytes, length } = this;
    bytes[length] = value;
    bytes[length + 1] = value >>> 8;
    bytes[length + 2] = value >>> 16;
    bytes[length + 3] = value >>> 24;
    this.length = length + 4;
  }

  /** An integer of up to 64 bits as its halves, each 32 bits; the sign of either is ignored. */
  uint64(high: number, low: number): void {
    this.uint32(low);
    this.uint32(high);
  }

  /** A safe integer, not negative, as UInt64. */
  uint64Number(value: number): void {
    this.uint32(value >>> 0);
    this.uint32(Math.floor(value / 0x1_0000_0000));
  }

  /** LEB128, as Native has it for counts and lengths. */
  varint(value: number): void {
    this.reserve(10);
    let rest = value;
    while (rest >= 0x80) {
      this.bytes[this.length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.bytes[this.length++] = rest;
  }

  /** Length and UTF-8 bytes. Lone surrogates become U+FFFD. */
  string(text: string): void {
    const count = text.length;
    if (count < 64) {
      // Nearly all text here is short ASCII, for which a loop beats the call into the runtime several times.
      this.reserve(count + 1);
      const { bytes, length } = this;
      bytes[length] = count;
      let i = 0;
      for (; i < count; i++) {
        const code = text.charCodeAt(i);
        if (code > 0x7f) break;
        bytes[length + 1 + i] = code;
      }
      if (i === count) {
        this.length = length + 1 + count;
        return;
      }
    }
    const size = Buffer.byteLength(text, 'utf8');
    this.varint(size);
    this.reserve(size);
    this.bytes.write(text, this.length, size, 'utf8');
    this.length += size;
  }

  /** Raw bytes. */
  append(other: Uint8Array): void {
    this.reserve(other.length);
    this.bytes.set(other, this.length);
    this.length += other.length;
  }

  /** A view of what was written; valid until the next write. */
  view(): Buffer {
    return this.bytes.subarray(0, this.length);
  }
}
