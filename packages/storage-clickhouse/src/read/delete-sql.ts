import type { Sql } from '../connection.ts';
import { type Layout, localTableName, quoted, SPANS, TRACES, tableName } from '../schema/tables.ts';
import { uint64Literal } from './traces-sql.ts';

/**
 * Removes the spans of a trace; the index entries that led to them are harmless and leave with their partition. Lightweight:
 * readers no longer see the rows at once, merges drop them.
 */
export function deleteSpans(layout: Layout, traceId: string, strictTraceId: boolean): Sql {
  const low = uint64Literal(traceId.slice(-16));
  const high = uint64Literal(traceId.length === 32 ? traceId.slice(0, 16) : '0');
  const onCluster = layout.cluster?.replicated ? ` ON CLUSTER ${quoted(layout.cluster.name)}` : '';
  const conditions = [
    `trace_low = ${low}`,
    `bucket IN (SELECT bucket FROM ${tableName(layout, TRACES)} WHERE trace_low = ${low})`,
    ...(strictTraceId ? [`trace_high = ${high}`] : []),
  ];
  return { text: `DELETE FROM ${localTableName(layout, SPANS)}${onCluster}\nWHERE ${conditions.join('\n  AND ')}` };
}
