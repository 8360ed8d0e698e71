import type { Sql } from '../connection.ts';
import { type Layout, localTableName, quoted, SPANS, type Table, TOUCHES } from '../schema/tables.ts';

/** Bytes and spans by day, over all partitioned tables; touches are partitioned by when they were written, and apart. */
export function dayUsage(layout: Layout): Sql {
  const parts =
    layout.cluster === undefined ? 'system.parts' : `clusterAllReplicas(${quoted(layout.cluster.name)}, system.parts)`;
  return {
    text: [
      'SELECT toUInt32(partition) AS day, sum(bytes_on_disk) AS bytes,',
      `    sumIf(rows, table IN ('${SPANS.name}', '${SPANS.name}_local')) AS spans,`,
      '    toUInt32(intDiv(toUnixTimestamp(max(modification_time)), 86400)) AS last_written',
      `FROM ${parts}`,
      "WHERE active AND database = {database:String} AND partition != 'tuple()'",
      `  AND table NOT IN ('${TOUCHES.name}', '${TOUCHES.name}_local')`,
      'GROUP BY day',
    ].join('\n'),
    parameters: { database: layout.database },
  };
}

/** Drops a day of a table; does nothing when it is gone already. */
export function dropDay(layout: Layout, table: Table, day: number): Sql {
  const onCluster = layout.cluster?.replicated ? ` ON CLUSTER ${quoted(layout.cluster.name)}` : '';
  return { text: `ALTER TABLE ${localTableName(layout, table)}${onCluster} DROP PARTITION ${day}` };
}

/** Days of `touches`. */
export function touchDays(layout: Layout): Sql {
  return {
    text: [
      'SELECT DISTINCT toUInt32(partition) AS day',
      'FROM system.parts',
      'WHERE active AND database = {database:String} AND table = {table:String}',
    ].join('\n'),
    parameters: {
      database: layout.database,
      table: layout.cluster === undefined ? TOUCHES.name : `${TOUCHES.name}_local`,
    },
  };
}
