import type { BlockColumn } from './block.ts';
import { ByteWriter } from './byte-writer.ts';
import type { WordColumn } from './word-column.ts';

/** An array column: where each row ends, then the values of all. */
export function inTurn(ends: WordColumn, values: WordColumn | ByteWriter): BlockColumn['data'] {
  return {
    writeTo(out: ByteWriter): void {
      ends.writeTo(out);
      if (values instanceof ByteWriter) out.append(values.view());
      else values.writeTo(out);
    },
  };
}
