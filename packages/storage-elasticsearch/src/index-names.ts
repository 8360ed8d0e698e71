import type { EpochMillis } from '@tracekin/model';

/** What an index holds; one index of each a UTC day. `trace-link` is Tracekin's own, the others are Zipkin's. */
export type IndexType = 'span' | 'dependency' | 'autocomplete' | 'trace-link';

/** Before this nothing was stored: Zipkin's v2 indices appeared in March 2016 (zipkin.md 1.2). */
const earliest: EpochMillis = Date.UTC(2016, 2, 1);
const dayMs = 86_400_000;

/** Names and patterns of the daily indices, as Zipkin writes them (zipkin.md 3.2). */
export class IndexNames {
  readonly #prefix: string;
  readonly #separator: string;
  /** Nearly all spans are of the day of the span before; formatting a date costs as much as hashing the span. */
  #lastDay = Number.NaN;
  #lastText = '';

  /** `separator` is between year, month and day; it may be empty. */
  constructor(prefix: string, separator: string) {
    this.#prefix = prefix;
    this.#separator = separator;
  }

  /** Everything of a type, for lookups without a time and for templates. */
  all(type: IndexType): string {
    return `${this.#prefix}-${type}-*`;
  }

  /** The index of a point in time. */
  of(type: IndexType, timestamp: EpochMillis): string {
    return `${this.#prefix}-${type}-${this.#day(timestamp)}`;
  }

  /**
   * Names and patterns that cover a window, both ends inclusive: whole years and whole months as wildcards, so that the list stays
   * short whatever the window. Empty when it ends before Zipkin existed.
   */
  window(type: IndexType, begin: EpochMillis, end: EpochMillis): string[] {
    const names: string[] = [];
    let day = new Date(Math.max(begin, earliest));
    day.setUTCHours(0, 0, 0, 0);
    const last = new Date(end);
    last.setUTCHours(0, 0, 0, 0);
    while (day.getTime() <= last.getTime()) {
      const [year, month] = [day.getUTCFullYear(), day.getUTCMonth()];
      const nextYear = new Date(Date.UTC(year + 1, 0, 1));
      const nextMonth = new Date(Date.UTC(year, month + 1, 1));
      const afterLast = last.getTime() + dayMs;
      if (month === 0 && day.getUTCDate() === 1 && nextYear.getTime() <= afterLast) {
        names.push(`${this.#prefix}-${type}-${year}${this.#separator}*`);
        day = nextYear;
      } else if (day.getUTCDate() === 1 && nextMonth.getTime() <= afterLast) {
        names.push(
          `${this.#prefix}-${type}-${year}${this.#separator}${String(month + 1).padStart(2, '0')}${this.#separator}*`,
        );
        day = nextMonth;
      } else {
        names.push(this.of(type, day.getTime()));
        day = new Date(day.getTime() + dayMs);
      }
    }
    return names;
  }

  /** The UTC day an index name stands for, at its start; undefined when the name is not one of ours. */
  dayOf(type: IndexType, name: string): EpochMillis | undefined {
    const start = `${this.#prefix}-${type}-`;
    if (!name.startsWith(start)) return undefined;
    const digits = name
      .slice(start.length)
      .split(this.#separator === '' ? /(?!)/ : this.#separator)
      .join('');
    if (!/^\d{8}$/.test(digits)) return undefined;
    return Date.UTC(Number(digits.slice(0, 4)), Number(digits.slice(4, 6)) - 1, Number(digits.slice(6)));
  }

  #day(timestamp: EpochMillis): string {
    const day = Math.floor(timestamp / dayMs);
    if (day !== this.#lastDay) {
      this.#lastDay = day;
      this.#lastText = new Date(timestamp).toISOString().slice(0, 10).replaceAll('-', this.#separator);
    }
    return this.#lastText;
  }
}
