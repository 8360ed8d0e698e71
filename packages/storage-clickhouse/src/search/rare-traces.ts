import { lowTraceId, type Span } from '@tracekin/model';
import { matchesSpan, type TraceQuery } from '@tracekin/storage';
import { spansFromBlocks } from '../read/span-rows.ts';
import { bucketsOfTraces, spansOfPlaces } from '../read/traces-sql.ts';
import { bucketOf } from '../write/bucket.ts';
import type { FoundTrace, SearchContext } from './find-traces.ts';
import type { Place } from './search-sql.ts';
import { wholeTraces } from './whole-traces.ts';

const ONE_THREAD = { max_threads: 1 } as const;
const NO_HIGH = '0000000000000000';

export interface RareTraces {
  readonly found: readonly FoundTrace[];
  /** All spans of found traces by the low half of the id. */
  readonly whole: ReadonlyMap<string, readonly Span[]>;
}

/**
 * The traces with a matching span at one of a few exact places. What is there is read with all columns and tested here: tags are the
 * widest column, and looking for matches first and reading their traces then takes them off the disk twice.
 */
export async function readRareTraces(
  query: TraceQuery,
  places: readonly Place[],
  context: SearchContext,
): Promise<RareTraces> {
  const { connection, layout, strictTraceId, limits } = context;
  const read = { ...limits, settings: ONE_THREAD };
  const spans = spansFromBlocks(await connection.query(spansOfPlaces(layout, places), read));
  const found = new Map<string, FoundTrace>();
  for (const span of spans) {
    if (!matchesSpan(query, span)) continue;
    const { traceId } = span;
    const low = lowTraceId(traceId);
    const high = strictTraceId && traceId.length > low.length ? traceId.slice(0, -low.length) : NO_HIGH;
    const known = found.get(high + low);
    if (known === undefined || span.timestamp! > known.latest)
      found.set(high + low, { low, high, latest: span.timestamp!, oldest: bucketOf(span.timestamp!) });
  }
  const lowIds = new Set([...found.values()].map(({ low }) => low));
  if (lowIds.size === 0) return { found: [], whole: new Map() };
  const parts = await connection.query(bucketsOfTraces(layout, [...lowIds]), read);
  return { found: [...found.values()], whole: await wholeTraces(lowIds, places, spans, parts, context) };
}
