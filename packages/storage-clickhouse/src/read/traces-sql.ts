import type { Sql } from '../connection.ts';
import { type Layout, SPANS, TRACES, tableName } from '../schema/tables.ts';
import { SPAN_COLUMNS } from './span-rows.ts';

/** A slot of a bucket: see write/bucket.ts. */
export interface ExactPlace {
  readonly bucket: number;
  readonly slot: number;
}

/** A 64-bit id in SQL; `hex` is 16 lower-hex characters. */
export function uint64Literal(hex: string): string {
  return BigInt(`0x${hex}`).toString();
}

/**
 * All spans of traces given by the low halves of their ids. The inner query says in which buckets they are, which with the
 * id makes the key of `spans`: the engine reads only the granules that hold them.
 */
export function spansOfTraces(
  layout: Layout,
  lowIds: readonly string[],
  columns: readonly string[] = SPAN_COLUMNS,
): Sql {
  const ids = lowIds.map(uint64Literal).join(', ');
  return {
    text: [
      `SELECT ${columns.join(', ')}`,
      `FROM ${tableName(layout, SPANS)}`,
      'PREWHERE (bucket, bitShiftRight(trace_low, 48), trace_low) IN',
      '(',
      '    SELECT bucket, bitShiftRight(trace_low, 48), trace_low',
      `    FROM ${tableName(layout, TRACES)} AS parts_of_traces`,
      `    PREWHERE trace_low IN (${ids})`,
      ')',
    ].join('\n'),
  };
}

/** In which buckets traces have spans; rows may repeat. */
export function bucketsOfTraces(layout: Layout, lowIds: readonly string[]): Sql {
  return {
    text: [
      'SELECT trace_low, bucket',
      `FROM ${tableName(layout, TRACES)}`,
      `PREWHERE trace_low IN (${lowIds.map(uint64Literal).join(', ')})`,
    ].join('\n'),
  };
}

/** All spans at exact places of the table's order. */
export function spansOfPlaces(
  layout: Layout,
  places: readonly ExactPlace[],
  columns: readonly string[] = SPAN_COLUMNS,
): Sql {
  const tuples = places.map(({ bucket, slot }) => `(${bucket}, ${slot})`).join(', ');
  return {
    text: [
      `SELECT ${columns.join(', ')}`,
      `FROM ${tableName(layout, SPANS)}`,
      `PREWHERE (bucket, bitShiftRight(trace_low, 48)) IN (${tuples})`,
    ].join('\n'),
  };
}
