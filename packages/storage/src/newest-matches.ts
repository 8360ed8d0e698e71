import type { EpochMicros, Span } from '@tracekin/model';
import { matchesSpan } from './matches-span.ts';
import type { TraceQuery } from './trace-query.ts';

/** The timestamp of the latest span that meets a query; undefined when none does. */
export function latestMatch(query: TraceQuery, spans: readonly Span[]): EpochMicros | undefined {
  let latest: EpochMicros | undefined;
  for (const span of spans) {
    if ((latest === undefined || span.timestamp! > latest) && matchesSpan(query, span)) latest = span.timestamp!;
  }
  return latest;
}

interface Match {
  readonly spans: readonly Span[];
  readonly at: EpochMicros;
}

/** The `limit` traces whose match is the latest. */
export class NewestMatches {
  readonly #limit: number;
  /** Latest first. */
  readonly #matches: Match[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A match has to be later than this to get in. */
  get threshold(): EpochMicros {
    return this.#matches.length < this.#limit ? -1 : this.#matches.at(-1)!.at;
  }

  add(spans: readonly Span[], at: EpochMicros): void {
    if (at <= this.threshold) return;
    // Traces come roughly latest first, so the place is near the end.
    let place = this.#matches.length;
    while (place > 0 && this.#matches[place - 1]!.at < at) place--;
    this.#matches.splice(place, 0, { spans, at });
    if (this.#matches.length > this.#limit) this.#matches.pop();
  }

  /** Copies, latest first. */
  traces(): Span[][] {
    return this.#matches.map(({ spans }) => [...spans]);
  }
}
