import type { Log } from '../clickhouse-options.ts';
import type { CallLimits, Connection, Sql } from '../connection.ts';
import { numberAt, numberColumn, uint64Column } from '../read/span-rows.ts';
import { type Layout, LINKS, NAMES, POSTINGS, SPANS, TOUCHES, TRACES } from '../schema/tables.ts';
import { type DayUsage, type DroppedDay, daysToDrop, type RetentionLimits } from './retention-plan.ts';
import { dayUsage, dropDay, touchDays } from './retention-sql.ts';

const FIRST_RUN_MS = 30_000;
const INTERVAL_MS = 600_000;
/** The engine refuses to drop more than 50 GB by default, which is where dropping matters. */
const DROP_LIMITS: CallLimits = { timeoutMs: 120_000, settings: { max_partition_size_to_drop: '0' } };

export interface RetentionCounters {
  readonly daysDropped: number;
  readonly spansDropped: number;
  readonly bytesDropped: number;
}

export interface RetentionOptions {
  readonly connection: Connection;
  readonly layout: Layout;
  readonly limits: RetentionLimits;
  readonly log: Log;
  /** Whether every touch is settled, so that old ones may go. */
  readonly settled: () => boolean;
  /** Called when something was dropped. */
  readonly dropped: () => void;
  readonly commandEverywhere?: ((sql: Sql, limits: CallLimits) => Promise<void>) | undefined;
}

/** Drops whole days, by age and by bytes on disk, every ten minutes. Several servers may do so at once. */
export class Retention {
  readonly #options: RetentionOptions;
  #counters: RetentionCounters = { daysDropped: 0, spansDropped: 0, bytesDropped: 0 };
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  get counters(): RetentionCounters {
    return this.#counters;
  }

  start(): void {
    this.#timer ??= this.#schedule(FIRST_RUN_MS);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** One pass; `now` in milliseconds. */
  async run(now: number = Date.now()): Promise<readonly DroppedDay[]> {
    const { limits, log, layout, settled } = this.#options;
    const today = Math.floor(now / 86_400_000);
    const days =
      limits.days === undefined && limits.bytes === undefined ? [] : daysToDrop(await this.#usage(), limits, today);
    for (const one of days) {
      for (const table of [SPANS, TRACES, POSTINGS, NAMES, LINKS]) await this.#command(dropDay(layout, table, one.day));
      const { daysDropped, spansDropped, bytesDropped } = this.#counters;
      this.#counters = {
        daysDropped: daysDropped + 1,
        spansDropped: spansDropped + one.spans,
        bytesDropped: bytesDropped + one.bytes,
      };
      log('info', `dropped the spans of ${dayText(one.day)} (${one.reason})`, { spans: one.spans, bytes: one.bytes });
    }
    if (days.length > 0) this.#options.dropped();
    if (settled()) await this.#dropTouches(today - 2);
    return days;
  }

  async #dropTouches(before: number): Promise<void> {
    const { connection, layout } = this.#options;
    for (const block of await connection.query(touchDays(layout))) {
      const days = numberColumn(block, 'day');
      for (let row = 0; row < block.rows; row++) {
        if (days[row]! < before) await this.#command(dropDay(layout, TOUCHES, days[row]!));
      }
    }
  }

  async #usage(): Promise<DayUsage[]> {
    const { connection, layout } = this.#options;
    const usage: DayUsage[] = [];
    for (const block of await connection.query(dayUsage(layout))) {
      const day = numberColumn(block, 'day');
      const bytes = uint64Column(block, 'bytes');
      const spans = uint64Column(block, 'spans');
      const lastWritten = numberColumn(block, 'last_written');
      for (let row = 0; row < block.rows; row++) {
        usage.push({
          day: day[row]!,
          bytes: numberAt(bytes, row),
          spans: numberAt(spans, row),
          lastWritten: lastWritten[row]!,
        });
      }
    }
    return usage;
  }

  async #command(sql: Sql): Promise<void> {
    const { connection, commandEverywhere } = this.#options;
    await (commandEverywhere === undefined
      ? connection.command(sql, DROP_LIMITS)
      : commandEverywhere(sql, DROP_LIMITS));
  }

  #schedule(delay: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#running = this.run()
        .then(() => {})
        .catch(error => this.#options.log('warn', `retention did not run: ${(error as Error).message}`))
        .finally(() => {
          this.#running = undefined;
          this.#timer = this.#schedule(INTERVAL_MS);
        });
    }, delay).unref();
  }
}

function dayText(day: number): string {
  return day === 0 ? 'odd timestamps' : new Date(day * 86_400_000).toISOString().slice(0, 10);
}
