import { type DependencyLink, DependencyLinker, traceTimestamp } from '@tracekin/model';
import { type DependencyQuery, isInWindow } from '@tracekin/storage';
import type { CallLimits, Connection } from '../connection.ts';
import { hexAt, uint64Column } from '../read/span-rows.ts';
import { readTraces } from '../read/read-traces.ts';
import type { Layout } from '../schema/tables.ts';
import { windowOf } from '../search/criteria.ts';
import { bucketOf } from '../write/bucket.ts';
import { LINK_COLUMNS, tracesInWindow } from './link-sql.ts';

const TRACES_AT_ONCE = 2_000;

/** The links of a window from the spans themselves: exact, and as slow as reading all of them. */
export async function linksFromSpans(
  connection: Connection,
  layout: Layout,
  query: DependencyQuery,
  limits: CallLimits,
): Promise<DependencyLink[]> {
  const { fromMicros, toMicros } = windowOf(query);
  const range = { from: bucketOf(fromMicros), to: bucketOf(toMicros) };
  const lowIds: string[] = [];
  for (const block of await connection.query(tracesInWindow(layout, range, fromMicros, toMicros), limits)) {
    const words = uint64Column(block, 'trace_low');
    for (let row = 0; row < block.rows; row++) lowIds.push(hexAt(words, row));
  }
  const linker = new DependencyLinker();
  for (let start = 0; start < lowIds.length; start += TRACES_AT_ONCE) {
    const ids = lowIds.slice(start, start + TRACES_AT_ONCE);
    for (const spans of (await readTraces(connection, layout, ids, limits, LINK_COLUMNS)).values()) {
      // The trace's start is the timestamp of one of its spans, so no trace of the window was missed above.
      if (isInWindow(query, traceTimestamp(spans))) linker.addTrace(spans);
    }
  }
  return linker.links();
}
