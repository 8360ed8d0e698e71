import { lowTraceId, type Span } from '@tracekin/model';
import { matchesSpan, type TraceQuery } from '@tracekin/storage';
import { distinctSpans } from '../read/distinct-spans.ts';
import { hexAt, numberColumn, SPAN_COLUMNS, spansFromBlocks, uint64Column } from '../read/span-rows.ts';
import { bucketsOfTraces, spansOfPlaces } from '../read/traces-sql.ts';
import type { FoundTrace, SearchContext } from './find-traces.ts';
import type { Place } from './search-sql.ts';

const ONE_THREAD = { max_threads: 1 } as const;
const NO_HIGH = '0000000000000000';

export interface RareTraces {
  readonly found: readonly FoundTrace[];
  /** All spans of found traces by the low half of the id, where these places hold them all. */
  readonly whole: ReadonlyMap<string, readonly Span[]>;
}

/**
 * The traces with a matching span at one of a few exact places. What is there is read with all columns and tested here: tags are the
 * widest column, and looking for matches first and reading their traces then takes them off the disk twice.
 */
export async function readRareTraces(
  query: TraceQuery,
  places: readonly Place[],
  { connection, layout, strictTraceId, limits }: SearchContext,
): Promise<RareTraces> {
  const read = { ...limits, settings: ONE_THREAD };
  const spans = spansFromBlocks(await connection.query(spansOfPlaces(layout, places, SPAN_COLUMNS), read));
  const found = new Map<string, FoundTrace>();
  for (const span of spans) {
    if (!matchesSpan(query, span)) continue;
    const { traceId } = span;
    const low = lowTraceId(traceId);
    const high = strictTraceId && traceId.length > low.length ? traceId.slice(0, -low.length) : NO_HIGH;
    const known = found.get(high + low);
    if (known === undefined || span.timestamp! > known.latest)
      found.set(high + low, { low, high, latest: span.timestamp! });
  }
  const lowIds = new Set([...found.values()].map(({ low }) => low));
  if (lowIds.size === 0) return { found: [], whole: new Map() };
  const elsewhere = await tracesBeyond(lowIds, places);
  const byTrace = Map.groupBy(spans, ({ traceId }) => lowTraceId(traceId));
  const whole = new Map<string, readonly Span[]>();
  for (const low of lowIds) if (!elsewhere.has(low)) whole.set(low, distinctSpans(byTrace.get(low)!));
  return { found: [...found.values()], whole };

  /** Those that are in buckets that were not read. */
  async function tracesBeyond(ids: ReadonlySet<string>, seen: readonly Place[]): Promise<Set<string>> {
    const known = new Set(seen.map(({ bucket, slot }) => `${bucket} ${slot}`));
    const beyond = new Set<string>();
    for (const block of await connection.query(bucketsOfTraces(layout, [...ids]), read)) {
      const lows = uint64Column(block, 'trace_low');
      const buckets = numberColumn(block, 'bucket');
      for (let row = 0; row < block.rows; row++) {
        const low = hexAt(lows, row);
        if (!known.has(`${buckets[row]!} ${Number.parseInt(low.slice(0, 4), 16)}`)) beyond.add(low);
      }
    }
    return beyond;
  }
}
