import type { EpochMicros } from '@tracekin/model';

/**
 * Spans are stored in the order of (bucket, trace id). A bucket is four seconds of span timestamps: short enough that the
 * newest few hold the newest spans, long enough that a trace rarely spans more than one or two. So one order serves both a
 * search newest first and a trace by id.
 */
export const BUCKET_MICROS = 4_000_000;
export const BUCKETS_PER_DAY = 21_600;

export function bucketOf(timestamp: EpochMicros): number {
  return Math.min(Math.floor(timestamp / BUCKET_MICROS), 0xffff_ffff);
}

/** Partitions of timestamps that nobody means: before 2000 and after 2100. */
export const ODD_DAY = 0;
const FIRST_DAY = 10_957;
const LAST_DAY = 47_482;

/**
 * The partition: days since 1970, UTC. Far past and far future share one, and so a batch of nonsense timestamps cannot
 * make the engine create thousands of parts.
 */
export function dayOf(bucket: number): number {
  const day = Math.floor(bucket / BUCKETS_PER_DAY);
  return day < FIRST_DAY || day > LAST_DAY ? ODD_DAY : day;
}

/** Top 16 bits of the low half of a trace id; how finely the index points into a bucket. */
export const SLOT_BITS = 16;

/** The slot of a trace by the low half of its id, 16 hex characters. */
export function slotOf(low: string): number {
  return Number.parseInt(low.slice(0, SLOT_BITS / 4), 16);
}

/** In an index row: anywhere in the bucket. A slot of its own too, which then just means the same. */
export const ANY_SLOT = 0xffff;
