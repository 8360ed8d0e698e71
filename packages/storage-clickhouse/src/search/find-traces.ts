import type { ClickHouseSettings } from '@clickhouse/client';
import type { Span } from '@tracekin/model';
import type { TraceQuery } from '@tracekin/storage';
import type { CallLimits, Connection } from '../connection.ts';
import type { Block } from '../native/decode-blocks.ts';
import { hexAt, numberAt, numberColumn, uint64Column } from '../read/span-rows.ts';
import type { Layout } from '../schema/tables.ts';
import { bucketOf } from '../write/bucket.ts';
import { TERM_SEED, termHash } from '../write/token-hash.ts';
import { COUNTED_HASH, type SearchTerm, searchTerms, windowOf } from './criteria.ts';
import { isRare, type Page, pageOf, promisedFrom, promisedRange } from './pages.ts';
import { readRareTraces } from './rare-traces.ts';
import { type BucketRange, matchesOfRange, newestMatches, newestRows, type Place } from './search-sql.ts';
import { readWhole } from './whole-traces.ts';

/** A trace that a search found. */
export interface FoundTrace {
  /** The low 64 bits, 16 hex characters. */
  readonly low: string;
  /** The high 64 bits; zeros for a short id and for a search that is not strict. */
  readonly high: string;
  /** Timestamp of the latest matching span, microseconds. */
  readonly latest: number;
  /** The oldest bucket with a matching span, as far as was looked. */
  readonly oldest: number;
}

/** Widths of the windows, newest first, in buckets of four seconds: ten minutes, three hours, a day; then the rest. */
const WINDOW_BUCKETS = [150, 2_700, 21_600];
/** Matching spans to stop after, for each trace that is wanted. Where more of a trace match, the rest of the bucket helps. */
const MATCHES_PER_TRACE = 2;
const FIRST_PLACES = 256;
/**
 * The first look goes as far back as the index promises a page and a tenth, since some spans share a trace. The second one as far
 * as the first says that the rest of the page is, and half as far again; where the first found nothing, this many pages. Further
 * back the engine stops by itself.
 */
const PAGES_AT_FIRST = 1.1;
const PAGES_AFTER_NOTHING = 4;
const MARGIN = 1.5;
/** Buckets of the second look, at most. */
const MOST_BUCKETS = 32;
const MOST_PLACES = 16_384;
/** Statements about terms that run side by side. */
const STATEMENTS_AT_ONCE = 4;

/**
 * The first look reads small pieces in one thread, because it usually finds enough in the newest few thousand spans; when
 * it did not, later ones read at full width.
 */
const FIRST_LOOK: ClickHouseSettings = { max_threads: 1, max_block_size: '1024' };
const ONE_THREAD: ClickHouseSettings = { max_threads: 1 };

export interface SearchContext {
  readonly connection: Connection;
  readonly layout: Layout;
  readonly strictTraceId: boolean;
  readonly limits: CallLimits;
}

/** What a search ends with. */
export interface Findings {
  /** Most recent first. */
  readonly found: readonly FoundTrace[];
  /** All spans of found traces, by the low half of the id. */
  readonly spans: ReadonlyMap<string, readonly Span[]>;
}

/**
 * The `query.limit` traces whose latest matching span is the most recent.
 *
 * Goes from the newest bucket to older ones and stops at the limit. What it has seen is always "everything in buckets newer
 * than X"; buckets follow time, so nothing older can come before what was found there.
 */
export async function findTraces(query: TraceQuery, context: SearchContext): Promise<Findings> {
  const window = windowOf(query);
  if (window.toMicros < window.fromMicros) return { found: [], spans: new Map() };
  const whole: BucketRange = { from: bucketOf(window.fromMicros), to: bucketOf(window.toMicros) };
  const search = new Search(query, context, window);
  const terms = searchTerms(query);
  if (terms.length > 0) {
    await search.follow(terms, whole);
  } else {
    for (const range of windows(whole)) if (await search.scan(range)) break;
  }
  return search.findings();
}

class Search {
  readonly #query: TraceQuery;
  readonly #context: SearchContext;
  readonly #window: ReturnType<typeof windowOf>;
  readonly #found = new Map<string, FoundTrace>();
  #whole: ReadonlyMap<string, readonly Span[]> = new Map();
  #looked = false;

  constructor(query: TraceQuery, context: SearchContext, window: ReturnType<typeof windowOf>) {
    this.#query = query;
    this.#context = context;
    this.#window = window;
  }

  async findings(): Promise<Findings> {
    const found = [...this.#found.values()].sort((a, b) => b.latest - a.latest).slice(0, this.#query.limit);
    const rest = found.filter(({ low }) => !this.#whole.has(low));
    return { found, spans: new Map([...this.#whole, ...(await readWhole(rest, this.#context))]) };
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

  /** Looks at every span of a short range at once. True when the limit is reached. */
  async #all(range: BucketRange, places: readonly Place[]): Promise<boolean> {
    const { connection, layout, strictTraceId, limits } = this.#context;
    const options = {
      query: this.#query,
      window: this.#window,
      range,
      places: places.filter(({ bucket }) => bucket >= range.from && bucket <= range.to),
      strictTraceId,
    };
    const sql = matchesOfRange(layout, options, this.#query.limit + this.#found.size);
    this.#add(readMatches(await connection.query(sql, { ...limits, settings: ONE_THREAD })));
    return this.#isFull();
  }

  /** Looks where the index says that all of the terms may be, newest first. */
  async follow(terms: readonly SearchTerm[], range: BucketRange): Promise<void> {
    let count = Math.max(FIRST_PLACES, this.#query.limit * 2);
    const pages = await this.#pages(terms, range, count);
    // The term whose page reaches back the furthest is the rarest lately; one that is nowhere ends the search.
    let rarest = 0;
    for (const [i, page] of pages.entries()) {
      if (page.places.length === 0) return;
      if (page.from < pages[rarest]!.from) rarest = i;
    }
    let page = pages[rarest]!;
    if (isRare(page)) {
      const { found, whole } = await readRareTraces(this.#query, page.places, this.#context);
      for (const trace of found) this.#found.set(trace.high + trace.low, trace);
      this.#whole = whole;
      return;
    }
    let { to } = range;
    const first = promisedRange(page, to, PAGES_AT_FIRST * this.#query.limit);
    if (first !== undefined && (await this.#all({ from: first, to }, page.places))) return;
    if (this.#found.size === 0 && (await this.#isServiceNowhere(range))) return;
    if (first !== undefined) {
      const second = this.#secondLook(page, first);
      to = first - 1;
      if (second !== undefined) {
        if (await this.#all({ from: second, to }, page.places)) return;
        to = second - 1;
      }
    }
    while (page.places.length > 0) {
      if (await this.scan({ from: page.from, to }, page.places)) return;
      to = page.from - 1;
      if (!page.more || to < range.from) return;
      count = Math.min(count * 4, MOST_PLACES);
      [page] = (await this.#pages([terms[rarest]!], { from: range.from, to }, count)) as [Page];
    }
  }

  /** Places of a tag that is rare there are not told apart by service, so nothing else says this of a search for a tag. */
  async #isServiceNowhere(range: BucketRange): Promise<boolean> {
    const { connection, layout, limits } = this.#context;
    const { serviceName } = this.#query;
    if (serviceName === undefined) return false;
    const sql = newestRows(layout, termHash(TERM_SEED.service, serviceName), range, 1);
    return (await connection.query(sql, { ...limits, settings: ONE_THREAD })).every(({ rows }) => rows === 0);
  }

  /** Where the second look begins, having looked from `first` on; undefined when the page promises too little for one. */
  #secondLook(page: Page, first: number): number | undefined {
    const found = this.#found.size;
    const { limit } = this.#query;
    if (found === 0) return promisedRange(page, first - 1, PAGES_AFTER_NOTHING * limit);
    const wanted = (MARGIN * promisedFrom(page, first) * (limit - found)) / found;
    const from = promisedRange(page, first - 1, wanted);
    // Of buckets with places, since others cost nothing.
    const rest = [...new Set(page.places.map(({ bucket }) => bucket))].filter(bucket => bucket < first);
    const furthest = rest[Math.min(MOST_BUCKETS, rest.length) - 1];
    return from === undefined || furthest === undefined ? undefined : Math.max(from, furthest);
  }

  /** The newest places of each term. */
  async #pages(terms: readonly SearchTerm[], range: BucketRange, limit: number): Promise<Page[]> {
    const { connection, layout, limits } = this.#context;
    const hashes = [...new Set(terms.flat())].filter(hash => hash !== undefined);
    const blocks = new Map<number, Block[]>();
    for (let start = 0; start < hashes.length; start += STATEMENTS_AT_ONCE) {
      const some = hashes.slice(start, start + STATEMENTS_AT_ONCE);
      const ask = (hash: number) =>
        connection.query(newestRows(layout, hash, range, limit), { ...limits, settings: ONE_THREAD });
      for (const [i, rows] of (await Promise.all(some.map(ask))).entries()) blocks.set(some[i]!, rows);
    }
    return terms.map(term =>
      pageOf(
        term.map((hash, i) => ({ blocks: blocks.get(hash!)!, counted: i === COUNTED_HASH })),
        range,
        limit,
      ),
    );
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

/** From narrow to wide, newest first: without a term to follow, a look at a long time is one at every part of every day. */
function* windows(whole: BucketRange): Generator<BucketRange> {
  let { to } = whole;
  for (const width of WINDOW_BUCKETS) {
    const from = Math.max(whole.from, to - width + 1);
    if (from > to) return;
    yield { from, to };
    to = from - 1;
  }
  if (to >= whole.from) yield { from: whole.from, to };
}
