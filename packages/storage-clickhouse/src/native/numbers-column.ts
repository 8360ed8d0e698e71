import type { BlockColumn } from './block.ts';

/** A column whose rows are there already. Little endian, see word-column.ts. */
export function numbersColumn(numbers: Uint32Array | Uint16Array): BlockColumn['data'] {
  return {
    writeTo(out) {
      out.append(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
    },
  };
}
