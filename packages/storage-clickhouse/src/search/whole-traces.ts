import { lowTraceId, type Span } from '@tracekin/model';
import type { Block } from '../native/decode-blocks.ts';
import { distinctSpans } from '../read/distinct-spans.ts';
import { readTraces } from '../read/read-traces.ts';
import { hexAt, numberColumn, spansFromBlocks, uint64Column } from '../read/span-rows.ts';
import { bucketsOfTraces, type ExactPlace, spansOfPlaces } from '../read/traces-sql.ts';
import { bucketOf, slotOf } from '../write/bucket.ts';
import type { FoundTrace, SearchContext } from './find-traces.ts';

/** A trace that was seen closer than this to the edge of a bucket is looked for behind the edge too. */
const NEAR_EDGE_MICROS = 250_000;
/** A statement names at most this many traces. */
const MOST_TRACES = 5_000;
const ONE_THREAD = { max_threads: 1 } as const;

/**
 * All spans of traces, by the low halves of their ids. Reads where they were seen while another statement asks where else they are: looking
 * that up first takes about half as long as the reading, and most traces are in one bucket.
 */
export async function readWhole(traces: readonly FoundTrace[], context: SearchContext): Promise<Map<string, Span[]>> {
  const { connection, layout, limits } = context;
  const read = { ...limits, settings: ONE_THREAD };
  const whole = new Map<string, Span[]>();
  for (let start = 0; start < traces.length; start += MOST_TRACES) {
    const some = traces.slice(start, start + MOST_TRACES);
    const places = some.flatMap(placesOf);
    const lowIds = new Set(some.map(({ low }) => low));
    const [rows, parts] = await Promise.all([
      connection.query(spansOfPlaces(layout, places), read),
      connection.query(bucketsOfTraces(layout, [...lowIds]), read),
    ]);
    const all = await wholeTraces(lowIds, places, spansFromBlocks(rows), parts, context);
    for (const [low, spans] of all) whole.set(low, spans);
  }
  return whole;
}

function placesOf({ low, latest, oldest }: FoundTrace): ExactPlace[] {
  const slot = slotOf(low);
  const [before, after] = [Math.max(0, latest - NEAR_EDGE_MICROS), latest + NEAR_EDGE_MICROS];
  const buckets = new Set([oldest, bucketOf(latest), bucketOf(before), bucketOf(after)]);
  return [...buckets].map(bucket => ({ bucket, slot }));
}

/**
 * All spans of traces, by the low halves of their ids, of which some places were read. Those that are elsewhere too are read again.
 *
 * @param spans Everything at these places.
 * @param parts In which buckets the traces are, and perhaps others.
 */
export async function wholeTraces(
  lowIds: ReadonlySet<string>,
  places: readonly ExactPlace[],
  spans: readonly Span[],
  parts: readonly Block[],
  { connection, layout, limits }: SearchContext,
): Promise<Map<string, Span[]>> {
  const read = new Set(places.map(({ bucket, slot }) => `${bucket} ${slot}`));
  const beyond = new Set<string>();
  for (const block of parts) {
    const lows = uint64Column(block, 'trace_low');
    const buckets = numberColumn(block, 'bucket');
    for (let row = 0; row < block.rows; row++) {
      const low = hexAt(lows, row);
      if (lowIds.has(low) && !read.has(`${buckets[row]!} ${slotOf(low)}`)) beyond.add(low);
    }
  }
  const whole = beyond.size === 0 ? new Map() : await readTraces(connection, layout, [...beyond], limits);
  for (const [low, all] of Map.groupBy(spans, ({ traceId }) => lowTraceId(traceId))) {
    if (lowIds.has(low) && !beyond.has(low)) whole.set(low, distinctSpans(all));
  }
  return whole;
}
