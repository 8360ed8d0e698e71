import { ByteWriter } from './byte-writer.ts';

/** A column as it goes into a block. `data` appends its rows in Native encoding. */
export interface BlockColumn {
  readonly name: string;
  readonly type: string;
  readonly data: { writeTo(out: ByteWriter): void } | ByteWriter;
}

/**
 * One block in ClickHouse's Native format as HTTP has it (revision 0): counts of columns and rows, then name, type and data
 * of each column. Returns a buffer of its own.
 */
export function encodeBlock(rows: number, columns: readonly BlockColumn[]): Buffer {
  let size = 64;
  for (const { data, name, type } of columns) {
    size += name.length + type.length + 32 + (data instanceof ByteWriter ? data.length : rows * 4);
  }
  const out = new ByteWriter(size);
  out.varint(columns.length);
  out.varint(rows);
  for (const { name, type, data } of columns) {
    out.string(name);
    out.string(type);
    if (data instanceof ByteWriter) out.append(data.view());
    else data.writeTo(out);
  }
  return out.view();
}
