import { ODD_DAY } from '../write/bucket.ts';

/** The rows of one day over all tables. */
export interface DayUsage {
  /** Days since 1970, UTC; `ODD_DAY` for timestamps that nobody means. */
  readonly day: number;
  readonly bytes: number;
  readonly spans: number;
  /** When the last of it was written, as a day. */
  readonly lastWritten: number;
}

export interface RetentionLimits {
  readonly days?: number | undefined;
  readonly bytes?: number | undefined;
}

export interface DroppedDay extends DayUsage {
  readonly reason: 'age' | 'bytes';
}

/**
 * The days to drop, oldest first: those before the last `days` whole ones, and as many more as it takes to come below `bytes`.
 * Today is never dropped. Odd timestamps say nothing of age, so those go by when they were written.
 */
export function daysToDrop(usage: readonly DayUsage[], limits: RetentionLimits, today: number): DroppedDay[] {
  const age = (usageOfDay: DayUsage): number => (usageOfDay.day === ODD_DAY ? usageOfDay.lastWritten : usageOfDay.day);
  const oldestFirst = [...usage].sort((a, b) => age(a) - age(b) || a.day - b.day);
  const dropped: DroppedDay[] = [];
  let bytes = oldestFirst.reduce((sum, one) => sum + one.bytes, 0);
  for (const one of oldestFirst) {
    if (age(one) >= today) continue;
    const tooOld = limits.days !== undefined && age(one) < today - limits.days;
    const tooMuch = limits.bytes !== undefined && bytes > limits.bytes;
    if (!tooOld && !tooMuch) continue;
    dropped.push({ ...one, reason: tooOld ? 'age' : 'bytes' });
    bytes -= one.bytes;
  }
  return dropped;
}
