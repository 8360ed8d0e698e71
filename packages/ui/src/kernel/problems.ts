/** What can be wrong with a trace. Nothing here stops it from being shown; each is told to the reader. */
export type ProblemKind =
  /** Bytes that are not JSON; `text` is an excerpt. */
  | 'not-json'
  /** The body ends in the middle of a span; `text` is the beginning of that span. */
  | 'cut-off'
  /** An element of the list that is not an object with an id; `text` is an excerpt. */
  | 'not-a-span'
  /** A trace, span or parent id that is not hex; `text` is the id. */
  | 'bad-id'
  /** A field of a kept span that had to be ignored; `text` names it. */
  | 'bad-field'
  /** The parent was never reported; `text` is its id. */
  | 'missing-parent'
  /** The span is its own ancestor; the loop was cut above it. */
  | 'loop'
  /** No report of the span has a start; it is drawn at its parent's. */
  | 'no-time'
  /** Two spans of different services use this id, and it is not one call seen from both sides. */
  | 'clashing-id'
  /** More than one span without a parent. */
  | 'several-roots';

export interface Problem {
  readonly kind: ProblemKind;
  /** Row of the trace, or -1 when what is wrong never became a row. */
  readonly row: number;
  readonly text: string;
}

export interface ProblemReport {
  /** How many of each kind there are, including those not listed. */
  readonly counts: Readonly<Partial<Record<ProblemKind, number>>>;
  readonly listed: readonly Problem[];
}

/** Enough to see the pattern; a file with a million bad spans must not fill the page with them. */
const LISTED_PER_KIND = 100;

/** Excerpts are cut: the whole may be the 300 MB that could not be read. */
const EXCERPT_LENGTH = 160;

export class Problems {
  readonly #counts: Partial<Record<ProblemKind, number>> = {};
  readonly #listed: Problem[] = [];

  add(kind: ProblemKind, row: number, text: string): void {
    const count = (this.#counts[kind] ?? 0) + 1;
    this.#counts[kind] = count;
    if (count > LISTED_PER_KIND) return;
    this.#listed.push({ kind, row, text: text.length > EXCERPT_LENGTH ? `${text.slice(0, EXCERPT_LENGTH)}…` : text });
  }

  report(): ProblemReport {
    return { counts: { ...this.#counts }, listed: [...this.#listed] };
  }
}

/** One report out of two: what was found while reading, and what was found while building. */
export function joinReports(a: ProblemReport, b: ProblemReport): ProblemReport {
  const counts: Partial<Record<ProblemKind, number>> = { ...a.counts };
  for (const [kind, count] of Object.entries(b.counts) as [ProblemKind, number][]) {
    counts[kind] = (counts[kind] ?? 0) + count;
  }
  return { counts, listed: [...a.listed, ...b.listed] };
}
