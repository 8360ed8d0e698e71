import type { TraceQuery } from '@tracekin/storage';
import type { CallLimits, Connection } from '../connection.ts';
import type { Block } from '../native/decode-blocks.ts';
import { hexAt, numberAt, numberColumn, uint64Column } from '../read/span-rows.ts';
import type { Layout } from '../schema/tables.ts';
import { ANY_SLOT, bucketOf } from '../write/bucket.ts';
import { searchTerms, windowOf } from './criteria.ts';
import { type BucketRange, newestMatches, newestPlaces, type Place, termCounts } from './search-sql.ts';

/** A trace that a search found. */
export interface FoundTrace {
  /** The low 64 bits, 16 hex characters. */
  readonly low: string;
  /** The high 64 bits; zeros for a short id and for a search that is not strict. */
  readonly high: string;
  /** Timestamp of the latest matching span, microseconds. */
  readonly latest: number;
}

/** Widths of the windows, newest first, in buckets: ten minutes, three hours, a day, a week, the rest. */
const WINDOW_BUCKETS = [150, 2_700, 21_600, 151_200];
/** Rows in one go: enough for the limit when a trace matches with several spans. */
const MATCHES_PER_TRACE = 8;
const FIRST_PLACES = 64;
const MOST_PLACES = 16_384;

export interface SearchContext {
  readonly connection: Connection;
  readonly layout: Layout;
  readonly strictTraceId: boolean;
  readonly limits: CallLimits;
}

/**
 * The ids of the `query.limit` traces whose latest matching span is the most recent, most recent first.
 *
 * Goes from the newest bucket to older ones and stops at the limit. What it has seen is always "everything in buckets newer
 * than X"; buckets follow time, so nothing older can come before what was found there.
 */
export async function findTraceIds(query: TraceQuery, context: SearchContext): Promise<FoundTrace[]> {
  const window = windowOf(query);
  if (window.toMicros < window.fromMicros) return [];
  const whole: BucketRange = { from: bucketOf(window.fromMicros), to: bucketOf(window.toMicros) };
  const search = new Search(query, context, window);
  const terms = searchTerms(query);
  if (terms.length === 0) {
    for (const range of windows(whole)) if (await search.scan(range)) break;
  } else {
    const rarest = terms.length === 1 ? terms[0]! : await rarestTerm(terms, whole, context);
    if (rarest !== undefined) await search.follow(rarest, whole);
  }
  return search.found();
}

class Search {
  readonly #query: TraceQuery;
  readonly #context: SearchContext;
  readonly #window: ReturnType<typeof windowOf>;
  readonly #found = new Map<string, FoundTrace>();

  constructor(query: TraceQuery, context: SearchContext, window: ReturnType<typeof windowOf>) {
    this.#query = query;
    this.#context = context;
    this.#window = window;
  }

  found(): FoundTrace[] {
    return [...this.#found.values()].sort((a, b) => b.latest - a.latest).slice(0, this.#query.limit);
  }

  /** Looks at every span of the range, newest first. True when the limit is reached. */
  async scan(range: BucketRange, places?: readonly Place[]): Promise<boolean> {
    let { to } = range;
    let limit = this.#query.limit * MATCHES_PER_TRACE;
    while (to >= range.from) {
      const { connection, layout, strictTraceId, limits } = this.#context;
      const sql = newestMatches(layout, {
        query: this.#query,
        window: this.#window,
        range: { from: range.from, to },
        places,
        limit,
        strictTraceId,
      });
      const { spans, oldest } = this.#collect(await connection.query(sql, limits));
      if (this.#found.size >= this.#query.limit) return true;
      if (spans < limit) return false;
      // Many spans in few traces: go on below the last finished bucket, with larger steps.
      to = oldest - 1;
      limit *= 8;
    }
    return false;
  }

  /** Looks where the index says that a term is, newest first. */
  async follow(term: number, whole: BucketRange): Promise<void> {
    const { connection, layout, limits } = this.#context;
    let { to } = whole;
    let count = Math.max(FIRST_PLACES, this.#query.limit * 2);
    while (to >= whole.from) {
      const blocks = await connection.query(newestPlaces(layout, term, { from: whole.from, to }, count), limits);
      const places = distinctPlaces(blocks);
      if (places.length === 0) return;
      const from = places.reduce((least, { bucket }) => Math.min(least, bucket), to);
      if (await this.scan({ from, to }, places)) return;
      if (rowCount(blocks) < count) return;
      to = from - 1;
      count = Math.min(count * 4, MOST_PLACES);
    }
  }

  #collect(blocks: readonly Block[]): { readonly spans: number; readonly oldest: number } {
    let spans = 0;
    let oldest = Number.POSITIVE_INFINITY;
    for (const block of blocks) {
      const low = uint64Column(block, 'trace_low');
      const high = uint64Column(block, 'trace_high');
      const latest = uint64Column(block, 'latest');
      const buckets = numberColumn(block, 'oldest');
      const counts = numberColumn(block, 'spans');
      for (let row = 0; row < block.rows; row++) {
        spans += counts[row]!;
        oldest = Math.min(oldest, buckets[row]!);
        const trace: FoundTrace = { low: hexAt(low, row), high: hexAt(high, row), latest: numberAt(latest, row) };
        const id = trace.high + trace.low;
        if (!this.#found.has(id)) this.#found.set(id, trace);
      }
    }
    return { spans, oldest };
  }
}

/** The term with the fewest places; undefined when one has none, so that nothing can match. */
async function rarestTerm(
  terms: readonly number[],
  range: BucketRange,
  { connection, layout, limits }: SearchContext,
): Promise<number | undefined> {
  const counts = new Map<number, number>();
  for (const block of await connection.query(termCounts(layout, terms, range), limits)) {
    const hashes = numberColumn(block, 'hash');
    const places = numberColumn(block, 'places');
    for (let row = 0; row < block.rows; row++) counts.set(hashes[row]!, places[row]!);
  }
  let rarest = terms[0]!;
  for (const term of terms) {
    const count = counts.get(term);
    if (count === undefined) return undefined;
    if (count < counts.get(rarest)!) rarest = term;
  }
  return rarest;
}

/** Without repeats, and without slots of buckets that are looked at as a whole. */
function distinctPlaces(blocks: readonly Block[]): Place[] {
  const slots = new Map<number, Set<number>>();
  for (const block of blocks) {
    const buckets = numberColumn(block, 'bucket');
    const found = numberColumn(block, 'slot');
    for (let row = 0; row < block.rows; row++) {
      const bucket = buckets[row]!;
      const set = slots.get(bucket);
      if (set === undefined) slots.set(bucket, new Set([found[row]!]));
      else set.add(found[row]!);
    }
  }
  const places: Place[] = [];
  for (const [bucket, set] of slots) {
    if (set.has(ANY_SLOT)) places.push({ bucket, slot: ANY_SLOT });
    else for (const slot of set) places.push({ bucket, slot });
  }
  return places;
}

function rowCount(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { rows }) => sum + rows, 0);
}

function* windows(whole: BucketRange): Generator<BucketRange> {
  let { to } = whole;
  for (const width of WINDOW_BUCKETS) {
    if (to < whole.from) return;
    const from = Math.max(whole.from, to - width + 1);
    yield { from, to };
    to = from - 1;
  }
  if (to >= whole.from) yield { from: whole.from, to };
}
