import type { Block } from '../native/decode-blocks.ts';
import { numberColumn } from '../read/span-rows.ts';
import { ANY_SLOT } from '../write/bucket.ts';
import { FREQUENT } from '../write/postings.ts';
import type { BucketRange, Place } from './search-sql.ts';

/** What a row for a whole bucket promises when it has no count: it stands for more places than this, each a trace at least. */
const PROMISED_BY_BUCKET = FREQUENT;
/** A term that is at no more places than this, each of them exact, is read there at once. */
const MOST_RARE_PLACES = 24;

/** Where a term is in buckets from `from` on. */
export interface Page {
  /** Newest first. */
  readonly places: readonly Place[];
  readonly from: number;
  /** Whether it may be in older ones too. */
  readonly more: boolean;
}

/** The newest rows of a hash. */
export interface TermRows {
  readonly blocks: readonly Block[];
  /** Its rows are counts of spans in whole buckets, not slots: those of a frequent tag. */
  readonly counted: boolean;
}

/** What the newest `limit` rows of each of a term's hashes say of it. */
export function pageOf(hashes: readonly TermRows[], range: BucketRange, limit: number): Page {
  const buckets = new Map<number, Bucket>();
  let from = -1;
  for (const { blocks, counted } of hashes) {
    // What a hash has more of than was asked for is cut somewhere in its oldest bucket: look at all of that.
    let rows = 0;
    let oldest = Number.POSITIVE_INFINITY;
    for (const block of blocks) {
      const slots = numberColumn(block, 'slot');
      const inBuckets = numberColumn(block, 'bucket');
      for (let row = 0; row < block.rows; row++) {
        const bucket = inBuckets[row]!;
        const known: Bucket = buckets.get(bucket) ?? { promised: 0, slots: new Set() };
        buckets.set(bucket, known);
        addRow(known, slots[row]!, counted);
        oldest = Math.min(oldest, bucket);
      }
      rows += block.rows;
    }
    if (rows >= limit) from = Math.max(from, oldest);
  }
  const places: Place[] = [];
  for (const [bucket, { promised, slots }] of [...buckets].sort(([a], [b]) => b - a)) {
    if (bucket < from) break;
    if (bucket === from || slots.has(ANY_SLOT)) places.push({ bucket, slot: ANY_SLOT, promised });
    else for (const slot of slots) places.push({ bucket, slot, promised: 1 });
  }
  return from < 0 ? { places, from: range.from, more: false } : { places, from, more: true };
}

interface Bucket {
  promised: number;
  readonly slots: Set<number>;
}

function addRow(bucket: Bucket, slot: number, counted: boolean): void {
  const isWhole = counted || slot === ANY_SLOT;
  if (slot === ANY_SLOT) bucket.promised += PROMISED_BY_BUCKET;
  else bucket.promised += counted ? slot : 1;
  bucket.slots.add(isWhole ? ANY_SLOT : slot);
}

export function isRare({ places, more }: Page): boolean {
  return !more && places.length <= MOST_RARE_PLACES && places.every(({ slot }) => slot !== ANY_SLOT);
}

/** Where a range has to begin so that, by the index, it holds `count` traces; undefined when the page promises fewer. */
export function promisedRange({ places }: Page, to: number, count: number): number | undefined {
  let promised = 0;
  for (const place of places) {
    if (place.bucket > to) continue;
    promised += place.promised;
    if (promised >= count) return place.bucket;
  }
  return undefined;
}

/** How many traces the index says are in buckets from `from` on. */
export function promisedFrom({ places }: Page, from: number): number {
  return places.reduce((sum, { bucket, promised }) => (bucket < from ? sum : sum + promised), 0);
}
