import { type BlockColumn, encodeBlock } from '../native/block.ts';
import { numbersColumn } from '../native/numbers-column.ts';
import { ANY_SLOT, dayOf } from './bucket.ts';
import { EntryPairs } from './entry-pairs.ts';
import { frequentTagHash, frequentTagOfServiceHash } from './token-hash.ts';

/**
 * A term in more slots than this of one bucket (in one batch) is written once, for the whole bucket: a frequent term is
 * found by reading the newest spans and needs no precise index. It bounds the index to the rare terms and makes it small.
 */
export const FREQUENT = 64;

/** Words of an entry, side by side so that looking at one costs one line of the processor's cache. */
const ENTRY = 4;
const HASH = 0;
const BUCKET = 1;
/** Places so far, at most one more than `FREQUENT` (low 8 bits), and how many spans of one group came last in a row (the others). */
const COUNT = 2;
const COUNT_MASK = 0xff;
const RUN_SHIFT = 8;
const ONE_IN_RUN = 1 << RUN_SHIFT;
/** Slot (low half) and group (high half) of the last span that had the term; see `NO_GROUP`. */
const LAST = 3;
const NONE = 0xffff_ffff;
/** The group of terms that are not told apart by service. Others are a service's index in the batch, plus 1. */
const NO_GROUP = 0;
/** The largest count; what was written before there were counts has `ANY_SLOT`. */
const MOST_TIMES = ANY_SLOT - 1;
/** Services after this many in one batch are not told apart. */
const MOST_GROUPS = 0xfff0;

/**
 * The inverted index of one batch: which (bucket, slot) a term occurs in. Open addressing over typed arrays, because some 30
 * terms a span pass through here.
 */
export class Postings {
  #capacity: number;
  #mask: number;
  /** Entry + 1 by hash, 0 when free. */
  #table: Uint32Array;
  #entries: Uint32Array;
  #count = 0;
  /** Rows: the entry and the slot. */
  #rowEntries: Uint32Array;
  #rowSlots: Uint16Array;
  #rows = 0;
  /** The groups that an entry was seen in before the last one. */
  readonly #groups = new EntryPairs();

  constructor(capacity: number = 1 << 14) {
    this.#capacity = capacity;
    this.#mask = capacity * 2 - 1;
    this.#table = new Uint32Array(capacity * 2);
    this.#entries = new Uint32Array(capacity * ENTRY);
    this.#rowEntries = new Uint32Array(capacity);
    this.#rowSlots = new Uint16Array(capacity);
  }

  reset(): void {
    this.#table.fill(0);
    this.#count = 0;
    this.#rows = 0;
    this.#groups.reset();
  }

  /** True when the term is frequent in the bucket: adding it again would change nothing. */
  add(hash: number, bucket: number, slot: number): boolean {
    return this.#place(hash, bucket, slot, NO_GROUP);
  }

  /**
   * A tag of a span of a service, by the service's index in the batch. Where the tag is frequent, it is written once for each
   * of its services: a service and a tag that are both frequent and never meet are then told apart without reading spans. In place of
   * the slot these rows say how often, which tells a search how far a page goes.
   */
  addTag(hash: number, bucket: number, slot: number, service: number): void {
    this.#place(hash, bucket, slot, service < MOST_GROUPS ? service + 1 : NO_GROUP);
  }

  #place(hash: number, bucket: number, slot: number, group: number): boolean {
    const entry = this.#entry(hash, bucket);
    const entries = this.#entries;
    const at = entry * ENTRY;
    const last = entries[at + LAST]!;
    const now = (slot | (group << 16)) >>> 0;
    let state = entries[at + COUNT]!;
    const count = state & COUNT_MASK;
    if (last === now) return count > FREQUENT;
    entries[at + LAST] = now;
    if (last !== NONE && last >>> 16 !== group) {
      this.#groups.add(entry, last >>> 16, state >>> RUN_SHIFT);
      state = count;
    }
    state += ONE_IN_RUN;
    if (count > FREQUENT || (last !== NONE && (last & 0xffff) === slot)) {
      entries[at + COUNT] = state;
      return count > FREQUENT;
    }
    entries[at + COUNT] = state + 1;
    if (count === FREQUENT) return true;
    if (this.#rows === this.#rowEntries.length) this.#growRows();
    this.#rowEntries[this.#rows] = entry;
    this.#rowSlots[this.#rows++] = slot;
    return false;
  }

  #entry(hash: number, bucket: number): number {
    const table = this.#table;
    const entries = this.#entries;
    let at = (hash ^ Math.imul(bucket, 0x9e3779b1)) & this.#mask;
    for (;;) {
      const found = table[at]!;
      if (found === 0) break;
      const known = (found - 1) * ENTRY;
      if (entries[known + HASH] === hash && entries[known + BUCKET] === bucket) return found - 1;
      at = (at + 1) & this.#mask;
    }
    if (this.#count === this.#capacity) {
      this.#growEntries();
      return this.#entry(hash, bucket);
    }
    const entry = this.#count++;
    table[at] = entry + 1;
    const added = entry * ENTRY;
    entries[added + HASH] = hash;
    entries[added + BUCKET] = bucket;
    entries[added + COUNT] = 0;
    entries[added + LAST] = NONE;
    return entry;
  }

  #growEntries(): void {
    const capacity = this.#capacity * 2;
    const entries = new Uint32Array(capacity * ENTRY);
    entries.set(this.#entries);
    this.#entries = entries;
    this.#table = new Uint32Array(capacity * 2);
    this.#capacity = capacity;
    this.#mask = capacity * 2 - 1;
    for (let entry = 0; entry < this.#count; entry++) {
      const known = entry * ENTRY;
      let at = (entries[known + HASH]! ^ Math.imul(entries[known + BUCKET]!, 0x9e3779b1)) & this.#mask;
      while (this.#table[at] !== 0) at = (at + 1) & this.#mask;
      this.#table[at] = entry + 1;
    }
  }

  #growRows(): void {
    const entries = new Uint32Array(this.#rows * 2);
    entries.set(this.#rowEntries);
    this.#rowEntries = entries;
    const slots = new Uint16Array(this.#rows * 2);
    slots.set(this.#rowSlots);
    this.#rowSlots = slots;
  }

  /**
   * The block for table `postings`, or undefined when there is nothing to index. `services` are the terms of the batch's
   * services, by index.
   */
  encode(services: readonly number[]): Buffer | undefined {
    const entries = this.#entries;
    const isFrequent = (entry: number): boolean => (entries[entry * ENTRY + COUNT]! & COUNT_MASK) > FREQUENT;
    for (let entry = 0; entry < this.#count; entry++) {
      const at = entry * ENTRY;
      if (isFrequent(entry)) this.#groups.add(entry, entries[at + LAST]! >>> 16, entries[at + COUNT]! >>> RUN_SHIFT);
    }
    const most = this.#rows + this.#count + this.#groups.count;
    const days = new Uint32Array(most);
    const hashes = new Uint32Array(most);
    const buckets = new Uint32Array(most);
    const slots = new Uint16Array(most);
    let rows = 0;
    let bucket = -1;
    let day = 0;
    const push = (entry: number, hash: number, slot: number): void => {
      const at = entry * ENTRY;
      if (entries[at + BUCKET] !== bucket) {
        bucket = entries[at + BUCKET]!;
        day = dayOf(bucket);
      }
      days[rows] = day;
      hashes[rows] = hash;
      buckets[rows] = bucket;
      slots[rows++] = slot;
    };
    const hashOf = (entry: number): number => entries[entry * ENTRY + HASH]!;
    for (let row = 0; row < this.#rows; row++) {
      const entry = this.#rowEntries[row]!;
      if (!isFrequent(entry)) push(entry, hashOf(entry), this.#rowSlots[row]!);
    }
    const tags = new Map<number, number>();
    for (let pair = 0; pair < this.#groups.count; pair++) {
      const entry = this.#groups.firstOf(pair);
      if (!isFrequent(entry)) continue;
      const group = this.#groups.secondOf(pair);
      if (group === NO_GROUP) {
        push(entry, hashOf(entry), ANY_SLOT);
      } else {
        const times = this.#groups.timesOf(pair);
        push(entry, frequentTagOfServiceHash(hashOf(entry), services[group - 1]!), Math.min(times, MOST_TIMES));
        tags.set(entry, (tags.get(entry) ?? 0) + times);
      }
    }
    for (const [entry, times] of tags) push(entry, frequentTagHash(hashOf(entry)), Math.min(times, MOST_TIMES));
    if (rows === 0) return undefined;
    const columns: BlockColumn[] = [
      { name: 'day', type: 'UInt32', data: numbersColumn(days.subarray(0, rows)) },
      { name: 'hash', type: 'UInt32', data: numbersColumn(hashes.subarray(0, rows)) },
      { name: 'bucket', type: 'UInt32', data: numbersColumn(buckets.subarray(0, rows)) },
      { name: 'slot', type: 'UInt16', data: numbersColumn(slots.subarray(0, rows)) },
    ];
    return encodeBlock(rows, columns);
  }
}
