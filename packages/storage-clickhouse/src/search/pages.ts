import type { Block } from '../native/decode-blocks.ts';
import { numberColumn } from '../read/span-rows.ts';
import { ANY_SLOT } from '../write/bucket.ts';
import { FREQUENT } from '../write/postings.ts';
import type { SearchTerm } from './criteria.ts';
import type { BucketRange, Place } from './search-sql.ts';

/** A row for a whole bucket stands for more places than this, each a trace at least. */
const PROMISED_BY_BUCKET = FREQUENT;
/** A term that is at no more places than this, each of them exact, is read there at once. */
const MOST_RARE_PLACES = 24;

/** Where a term is in buckets from `from` on. */
export interface Page {
  readonly places: readonly Place[];
  readonly from: number;
  /** Whether it may be in older ones too. */
  readonly more: boolean;
}

/** What `blocks`, the newest `count` places of each hash in a range, say of a term. */
export function pageOf(blocks: readonly Block[], term: SearchTerm, range: BucketRange, count: number): Page {
  // What a hash has more of than was asked for is cut somewhere in its oldest bucket: look at all of that.
  const from = Math.max(...term.map(hash => oldestOfFull(blocks, hash, count)));
  const places = distinctPlaces(blocks, term);
  if (from < 0) return { places, from: range.from, more: false };
  const whole = [...places.filter(({ bucket }) => bucket > from), { bucket: from, slot: ANY_SLOT }];
  return { places: whole, from, more: true };
}

/** Without repeats, and without slots of buckets that are looked at as a whole. */
function distinctPlaces(blocks: readonly Block[], term: SearchTerm): Place[] {
  const slots = new Map<number, Set<number>>();
  for (const block of blocks) {
    const hashes = numberColumn(block, 'hash');
    const buckets = numberColumn(block, 'bucket');
    const found = numberColumn(block, 'slot');
    for (let row = 0; row < block.rows; row++) {
      if (!term.includes(hashes[row]!)) continue;
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

export function isRare({ places, more }: Page): boolean {
  return !more && places.length <= MOST_RARE_PLACES && places.every(({ slot }) => slot !== ANY_SLOT);
}

/** Where a range has to begin so that, by the index, it holds `count` traces; undefined when the page promises fewer. */
export function promisedRange({ places }: Page, to: number, count: number): number | undefined {
  let promised = 0;
  const newestFirst = places.filter(({ bucket }) => bucket <= to).sort((a, b) => b.bucket - a.bucket);
  for (const { bucket, slot } of newestFirst) {
    promised += slot === ANY_SLOT ? PROMISED_BY_BUCKET : 1;
    if (promised >= count) return bucket;
  }
  return undefined;
}

/** The oldest bucket of the places of a hash, if there may be more of them; else -1. */
function oldestOfFull(blocks: readonly Block[], hash: number | undefined, count: number): number {
  let rows = 0;
  let oldest = Number.POSITIVE_INFINITY;
  for (const block of blocks) {
    const hashes = numberColumn(block, 'hash');
    const buckets = numberColumn(block, 'bucket');
    for (let row = 0; row < block.rows; row++) {
      if (hashes[row] !== hash) continue;
      rows++;
      oldest = Math.min(oldest, buckets[row]!);
    }
  }
  return rows < count ? -1 : oldest;
}
