import type { Sql } from '../connection.ts';
import { uint64Literal } from '../read/traces-sql.ts';
import { CHECKPOINTS, type Layout, LINKS, TOUCHES, TRACES, tableName } from '../schema/tables.ts';
import { ERROR } from '../write/span-flags.ts';

/** What `linkColumns` looks at. */
export const COLUMN_LINKER_COLUMNS: readonly string[] = [
  'trace_low',
  'id',
  'parent_id',
  'timestamp',
  'flags',
  'service',
  'remote',
];

/** `SPAN_COLUMNS` with only what the model's linker looks at: no annotations, and of the tags just `error`. */
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

/** A window in whole milliseconds, both ends inclusive. */
export interface MillisWindow {
  readonly from: number;
  readonly to: number;
}

export const MINUTE_MS = 60_000;

/**
 * Traces of a window by the text of their links, without those whose links are not settled. With nothing to leave out, whole
 * minutes come from the projection's sums and only the two at the edges from rows.
 */
export function settledLinks(layout: Layout, { from, to }: MillisWindow, unsettled: readonly string[]): Sql {
  const table = tableName(layout, LINKS);
  const firstWhole = Math.ceil(from / MINUTE_MS);
  const lastWhole = Math.floor((to + 1) / MINUTE_MS) - 1;
  const edges = `start_ms BETWEEN ${from} AND ${to}`;
  if (unsettled.length > 0) {
    return {
      text: [
        'SELECT links, toInt64(sum(sign)) AS traces',
        `FROM ${table}`,
        `WHERE minute BETWEEN ${Math.floor(from / MINUTE_MS)} AND ${Math.floor(to / MINUTE_MS)}`,
        `  AND ${edges}`,
        `  AND trace_low NOT IN (${unsettled.map(uint64Literal).join(', ')})`,
        'GROUP BY links',
      ].join('\n'),
    };
  }
  if (lastWhole < firstWhole) {
    return {
      text: [
        'SELECT links, toInt64(sum(sign)) AS traces',
        `FROM ${table}`,
        `WHERE minute BETWEEN ${Math.floor(from / MINUTE_MS)} AND ${Math.floor(to / MINUTE_MS)} AND ${edges}`,
        'GROUP BY links',
      ].join('\n'),
    };
  }
  return {
    text: [
      'SELECT links, toInt64(sum(sign)) AS traces',
      `FROM ${table}`,
      `WHERE minute BETWEEN ${firstWhole} AND ${lastWhole}`,
      'GROUP BY links',
      'UNION ALL',
      'SELECT links, toInt64(sum(sign)) AS traces',
      `FROM ${table}`,
      `WHERE minute IN (${firstWhole - 1}, ${lastWhole + 1}) AND ${edges}`,
      'GROUP BY links',
    ].join('\n'),
  };
}

/** What table `links` says of traces now. `minutes` are those in which they may have started. */
export function settledTraces(layout: Layout, lowIds: readonly string[], minutes: readonly number[]): Sql {
  return {
    text: [
      'SELECT trace_low, start_ms, links, toInt64(sum(sign)) AS traces',
      `FROM ${tableName(layout, LINKS)}`,
      `WHERE minute IN (${minutes.join(', ')})`,
      `  AND trace_low IN (${lowIds.map(uint64Literal).join(', ')})`,
      'GROUP BY trace_low, start_ms, links',
      'HAVING traces != 0',
    ].join('\n'),
  };
}

/** The last settled batch of each server. */
export function checkpoints(layout: Layout): Sql {
  return {
    text: ['SELECT server, max(seq) AS seq', `FROM ${tableName(layout, CHECKPOINTS)}`, 'GROUP BY server'].join('\n'),
  };
}

/** Batches after `after` of one server, oldest first. */
export function touchesAfter(layout: Layout, server: string, after: number): Sql {
  return {
    text: [
      'SELECT seq, traces',
      `FROM ${tableName(layout, TOUCHES)}`,
      `WHERE server = {server:String} AND seq > ${after}`,
      'ORDER BY seq',
    ].join('\n'),
    parameters: { server },
  };
}

/** Servers that ever wrote. */
export function writingServers(layout: Layout): Sql {
  return {
    text: ['SELECT server, max(seq) AS seq', `FROM ${tableName(layout, TOUCHES)}`, 'GROUP BY server'].join('\n'),
  };
}

/** Rows of `traces`: at least as many as there are traces. */
export function traceCount(layout: Layout): Sql {
  return { text: `SELECT count() AS rows FROM ${tableName(layout, TRACES)}` };
}

/** Traces in one of `slices` equal ranges of their low ids; `slices` is a power of two. May repeat ids. */
export function traceIdsOfSlice(layout: Layout, slice: number, slices: number): Sql {
  const size = 2n ** 64n / BigInt(slices);
  const from = BigInt(slice) * size;
  return {
    text: [
      'SELECT trace_low',
      `FROM ${tableName(layout, TRACES)}`,
      `WHERE trace_low BETWEEN ${from} AND ${from + size - 1n}`,
    ].join('\n'),
  };
}
