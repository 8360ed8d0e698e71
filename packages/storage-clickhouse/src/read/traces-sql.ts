import type { Sql } from '../connection.ts';
import { type Layout, SPANS, TRACES, tableName } from '../schema/tables.ts';
import { SPAN_COLUMNS } from './span-rows.ts';

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
      `    FROM ${tableName(layout, TRACES)}`,
      `    PREWHERE trace_low IN (${ids})`,
      ')',
    ].join('\n'),
  };
}
