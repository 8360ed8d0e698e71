import { TracekinError } from '@tracekin/model';

/**
 * A decoded column; the shape follows from its type. 64-bit integers stay halves (low, high, low, high, …): BigInt would
 * cost more than everything else in reading a trace.
 */
export type Column =
  | { readonly kind: 'number'; readonly values: ArrayLike<number> }
  | { readonly kind: 'uint64'; readonly words: Uint32Array }
  /** With `dictionary`, `values[row]` is `dictionary.texts[dictionary.rows[row]]`. */
  | { readonly kind: 'string'; readonly values: readonly string[]; readonly dictionary?: Dictionary }
  | { readonly kind: 'array'; readonly ends: Uint32Array; readonly items: Column };

/** The texts of a LowCardinality column, each once, and the index of each row's. */
export interface Dictionary {
  readonly texts: readonly string[];
  readonly rows: ArrayLike<number>;
}

export interface Block {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, Column>;
}

/**
 * Reads the blocks of an answer in Native format (revision 0). Knows the types that our queries return and refuses others.
 */
export function decodeBlocks(bytes: Buffer): Block[] {
  const reader = new Reader(bytes);
  const blocks: Block[] = [];
  while (!reader.atEnd()) {
    const columnCount = reader.varint();
    const rows = reader.varint();
    const columns = new Map<string, Column>();
    for (let i = 0; i < columnCount; i++) {
      const name = reader.string();
      const type = reader.string();
      columns.set(name, reader.column(type, rows));
    }
    if (rows > 0) blocks.push({ rows, columns });
  }
  return blocks;
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw truncated();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
  }

  string(): string {
    const size = this.varint();
    const start = this.#take(size);
    return size < 32 ? this.#short(start, size) : this.#bytes.toString('utf8', start, start + size);
  }

  /** Short ASCII without the call into the runtime. */
  #short(start: number, size: number): string {
    const bytes = this.#bytes;
    let ascii = 0;
    for (let i = start; i < start + size; i++) ascii |= bytes[i]!;
    return bytes.toString(ascii < 0x80 ? 'latin1' : 'utf8', start, start + size);
  }

  column(type: string, rows: number): Column {
    switch (type) {
      case 'UInt8':
      case 'Bool':
        return { kind: 'number', values: new Uint8Array(this.#copy(rows)) };
      case 'UInt16':
        return { kind: 'number', values: new Uint16Array(this.#copy(rows * 2)) };
      case 'UInt32':
        return { kind: 'number', values: new Uint32Array(this.#copy(rows * 4)) };
      case 'Int32':
        return { kind: 'number', values: new Int32Array(this.#copy(rows * 4)) };
      case 'Float64':
        return { kind: 'number', values: new Float64Array(this.#copy(rows * 8)) };
      case 'UInt64':
      case 'Int64':
        return { kind: 'uint64', words: new Uint32Array(this.#copy(rows * 8)) };
      case 'String': {
        const values = new Array<string>(rows);
        for (let i = 0; i < rows; i++) values[i] = this.string();
        return { kind: 'string', values };
      }
      case 'LowCardinality(String)':
        return rows === 0 ? { kind: 'string', values: [] } : this.#dictionary(rows);
      default: {
        const item = /^Array\((.*)\)$/.exec(type)?.[1];
        if (item === undefined) throw new TracekinError('unavailable', `ClickHouse answered with a column of ${type}`);
        const words = new Uint32Array(this.#copy(rows * 8));
        const ends = new Uint32Array(rows);
        for (let i = 0; i < rows; i++) ends[i] = words[i * 2]!;
        return { kind: 'array', ends, items: this.column(item, rows === 0 ? 0 : ends[rows - 1]!) };
      }
    }
  }

  /** Texts once, then an index per row; see dictionary-column.ts. Rows share the text. */
  #dictionary(rows: number): Column {
    this.#uint64();
    const width = this.#uint64() & 0xff;
    const texts = new Array<string>(this.#uint64());
    for (let i = 0; i < texts.length; i++) texts[i] = this.string();
    if (this.#uint64() !== rows) throw truncated();
    const index = this.column(['UInt8', 'UInt16', 'UInt32'][width] ?? 'index of 64 bits', rows);
    if (index.kind !== 'number') throw truncated();
    const values = new Array<string>(rows);
    for (let i = 0; i < rows; i++) values[i] = texts[index.values[i]!]!;
    return { kind: 'string', values, dictionary: { texts, rows: index.values } };
  }

  /** A count; our answers are far below 2^53. */
  #uint64(): number {
    const start = this.#take(8);
    return this.#bytes.readUInt32LE(start) + this.#bytes.readUInt32LE(start + 4) * 0x1_0000_0000;
  }

  #take(size: number): number {
    const start = this.#at;
    this.#at += size;
    if (this.#at > this.#bytes.length) throw truncated();
    return start;
  }

  /** A copy, because views of wide numbers need an aligned start. */
  #copy(size: number): ArrayBuffer {
    const start = this.#take(size);
    const copy = new Uint8Array(size);
    copy.set(this.#bytes.subarray(start, start + size));
    return copy.buffer;
  }
}

function truncated(): TracekinError {
  return new TracekinError('unavailable', 'ClickHouse ended its answer in the middle');
}
