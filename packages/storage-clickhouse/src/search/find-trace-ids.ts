import type { ClickHouseSettings } from '@clickhouse/client';
import type { TraceQuery } from '@tracekin/storage';
import type { CallLimits, Connection } from '../connection.ts';
import type { Block } from '../native/decode-blocks.ts';
import { hexAt, numberAt, numberColumn, uint64Column } from '../read/span-rows.ts';
import type { Layout } from '../schema/tables.ts';
import { ANY_SLOT, bucketOf } from '../write/bucket.ts';
import { searchTerms, windowOf } from './criteria.ts';
import { type BucketRange, matchesOfRange, newestMatches, newestPlaces, type Place, termCounts } from './search-sql.ts';

/** A trace that a search found. */
export interface FoundTrace {
  /** The low 64 bits, 16 hex characters. */
  readonly low: string;
  /** The high 64 bits; zeros for a short id and for a search that is not strict. */
  readonly high: string;
  /** Timestamp of the latest matching span, microseconds. */
  readonly latest: number;
}

/** Matching spans to stop after, for each trace that is wanted: enough when a trace matches with several. */
const MATCHES_PER_TRACE = 12;
const FIRST_PLACES = 64;
const MOST_PLACES = 16_384;

/**
 * The first look reads small pieces in one thread, because it usually finds enough in the newest few thousand spans; when
 * it did not, later ones read at full width.
 */
const FIRST_LOOK: ClickHouseSettings = { max_threads: 1, max_block_size: '1024' };

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
    await search.scan(whole);
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
  #looked = false;

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
    const { connection, layout, strictTraceId, limits } = this.#context;
    let { to } = range;
    let limit = this.#query.limit * MATCHES_PER_TRACE;
    let settings = this.#looked ? {} : FIRST_LOOK;
    this.#looked = true;
    while (to >= range.from) {
      const options = {
        query: this.#query,
        window: this.#window,
        range: { from: range.from, to },
        places,
        strictTraceId,
      };
      const matches = readMatches(
        await connection.query(newestMatches(layout, options, limit), { ...limits, settings }),
      );
      if (sum(matches.map(({ spans }) => spans)) < limit) {
        this.#add(matches);
        return this.#isFull();
      }
      // It stopped in the middle of the oldest bucket: what it says of newer ones is all there is.
      const oldest = Math.min(...matches.map(match => match.oldest));
      this.#add(matches.filter(({ newest }) => newest > oldest));
      if (this.#isFull()) return true;
      const rest = matchesOfRange(
        layout,
        { ...options, range: { from: oldest, to: oldest } },
        this.#query.limit + this.#found.size,
      );
      this.#add(readMatches(await connection.query(rest, limits)));
      if (this.#isFull()) return true;
      // Many spans in few traces: go on below, with larger steps.
      to = oldest - 1;
      limit *= 8;
      settings = {};
    }
    return false;
  }

  /** Looks where the index says that a term is, newest first. */
  async follow(term: number, range: BucketRange): Promise<void> {
    const { connection, layout, limits } = this.#context;
    let { to } = range;
    let count = Math.max(FIRST_PLACES, this.#query.limit * 2);
    while (to >= range.from) {
      const blocks = await connection.query(newestPlaces(layout, term, { from: range.from, to }, count), limits);
      const places = distinctPlaces(blocks);
      if (places.length === 0) return;
      const from = places.reduce((least, { bucket }) => Math.min(least, bucket), to);
      const more = rowCount(blocks) >= count;
      // The answer was cut somewhere in its oldest bucket: look at all of that.
      const whole = more ? [...places.filter(({ bucket }) => bucket > from), { bucket: from, slot: ANY_SLOT }] : places;
      if ((await this.scan({ from, to }, whole)) || !more) return;
      to = from - 1;
      count = Math.min(count * 4, MOST_PLACES);
    }
  }

  #isFull(): boolean {
    return this.#found.size >= this.#query.limit;
  }

  /** The first time counts: a trace that was found in newer buckets has its latest match there. */
  #add(matches: readonly Match[]): void {
    for (const match of matches) {
      const id = match.high + match.low;
      if (!this.#found.has(id)) this.#found.set(id, match);
    }
  }
}

interface Match extends FoundTrace {
  readonly newest: number;
  readonly oldest: number;
  readonly spans: number;
}

function readMatches(blocks: readonly Block[]): Match[] {
  const matches: Match[] = [];
  for (const block of blocks) {
    const low = uint64Column(block, 'trace_low');
    const high = uint64Column(block, 'trace_high');
    const latest = uint64Column(block, 'latest');
    const newest = numberColumn(block, 'newest');
    const oldest = numberColumn(block, 'oldest');
    const spans = numberColumn(block, 'spans');
    for (let row = 0; row < block.rows; row++) {
      matches.push({
        low: hexAt(low, row),
        high: hexAt(high, row),
        latest: numberAt(latest, row),
        newest: newest[row]!,
        oldest: oldest[row]!,
        spans: spans[row]!,
      });
    }
  }
  return matches;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
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
