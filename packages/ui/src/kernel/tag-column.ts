import type { Records } from './records.ts';
import { Interner, type PackedStrings, packStrings } from './string-table.ts';
import type { TraceSource } from './trace.ts';

/** One tag of every row. */
export interface TagColumn {
  /** Number in `values`, -1 where the row has no such tag. */
  readonly value: Int32Array;
  /** Distinct values, in the order of first sight. */
  readonly values: PackedStrings;
}

/** By row the number of the tag's value in `records.values`, -1 for none. Of several reported pieces the last decides. */
export function tagValues(records: Records, source: TraceSource, rows: number, key: string): Int32Array {
  const wanted = records.keys.find(key);
  const value = new Int32Array(rows).fill(-1);
  for (let row = 0; row < rows; row++) {
    for (let k = row === 0 ? 0 : (source.pieceEnd[row - 1] as number); k < (source.pieceEnd[row] as number); k++) {
      const record = source.pieces[k] as number;
      for (let t = record === 0 ? 0 : records.tagEnd.at(record - 1); t < records.tagEnd.at(record); t++) {
        if (records.tagKey.at(t) === wanted) value[row] = records.tagValue.at(t);
      }
    }
  }
  return value;
}

/** The same with values of its own, small enough to leave the worker. */
export function tagColumn(records: Records, source: TraceSource, rows: number, key: string): TagColumn {
  const own = new Interner();
  const value = tagValues(records, source, rows, key).map(number =>
    number < 0 ? -1 : own.intern(records.values.strings[number] as string),
  );
  return { value, values: packStrings(own.strings) };
}
