import type { Sql } from '../connection.ts';
import { type Layout, SPANS, tableName } from '../schema/tables.ts';
import type { BucketRange } from '../search/search-sql.ts';
import { ERROR } from '../write/span-flags.ts';

/** `SPAN_COLUMNS` with only what the linker looks at: no annotations, and of the tags just `error`. */
export const LINK_COLUMNS: readonly string[] = [
  'trace_low',
  'trace_high',
  'id',
  'parent_id',
  'flags',
  'timestamp',
  'duration',
  'service',
  'name',
  'remote',
  'local_address',
  'remote_address',
  `if(bitAnd(flags, ${ERROR}) = 0, '', 'error\\0') AS tag_keys`,
  `arrayWithConstant(bitAnd(flags, ${ERROR}) != 0, '') AS tag_values`,
  "CAST([], 'Array(UInt64)') AS annotation_times",
  "CAST([], 'Array(String)') AS annotation_values",
];

/** Low halves of the ids of all traces with a span that starts in the window, and that many buckets around it. */
export function tracesInWindow(layout: Layout, { from, to }: BucketRange, fromMicros: number, toMicros: number): Sql {
  return {
    text: [
      'SELECT DISTINCT trace_low',
      `FROM ${tableName(layout, SPANS)}`,
      `WHERE bucket BETWEEN ${from} AND ${to}`,
      `  AND timestamp BETWEEN ${fromMicros} AND ${toMicros}`,
    ].join('\n'),
  };
}
