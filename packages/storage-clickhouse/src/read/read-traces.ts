import type { ClickHouseSettings } from '@clickhouse/client';
import { lowTraceId, type Span } from '@tracekin/model';
import type { CallLimits, Connection } from '../connection.ts';
import type { Layout } from '../schema/tables.ts';
import { distinctSpans } from './distinct-spans.ts';
import { SPAN_COLUMNS, spansFromBlocks } from './span-rows.ts';
import { spansOfTraces } from './traces-sql.ts';

/** A statement names at most this many traces. */
const MOST_IDS = 5_000;

/** A few granules: more threads would cost more than they save. */
const READ_SETTINGS: ClickHouseSettings = { max_threads: 1 };

/** The distinct spans of traces, by the low halves of their ids. Unknown ones are missing from the map. */
export async function readTraces(
  connection: Connection,
  layout: Layout,
  lowIds: readonly string[],
  limits: CallLimits,
  columns: readonly string[] = SPAN_COLUMNS,
): Promise<Map<string, Span[]>> {
  const traces = new Map<string, Span[]>();
  for (let start = 0; start < lowIds.length; start += MOST_IDS) {
    const sql = spansOfTraces(layout, lowIds.slice(start, start + MOST_IDS), columns);
    // Spans of a trace come one after another, and share the text of its id.
    let traceId: string | undefined;
    let trace: Span[] = [];
    for (const span of spansFromBlocks(await connection.query(sql, { ...limits, settings: READ_SETTINGS }))) {
      if (span.traceId !== traceId) {
        traceId = span.traceId;
        const low = lowTraceId(traceId);
        trace = traces.get(low) ?? [];
        if (trace.length === 0) traces.set(low, trace);
      }
      trace.push(span);
    }
  }
  for (const [low, spans] of traces) traces.set(low, distinctSpans(spans));
  return traces;
}
