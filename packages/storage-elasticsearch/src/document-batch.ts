import { decodeSpans } from '@tracekin/codec';
import type { Span } from '@tracekin/model';
import type { AutocompleteValues, AutocompleteWriter } from './autocomplete-writer.ts';
import { sourceOf } from './bulk-document.ts';
import { LineRuns } from './line-runs.ts';
import { LinkRecords } from './link-records.ts';
import type { SpanLines } from './span-lines.ts';

/** What was decoded once is decoded again whatever the limits of a message. */
const unlimited = { maxSpans: Number.MAX_SAFE_INTEGER };

/** A batch whose spans become lines of a request as they are added, so that they are not kept as objects. */
export class DocumentBatch {
  readonly lines: LineRuns = new LineRuns();
  /** What links need to know of each span. */
  readonly linked: LinkRecords = new LinkRecords();
  readonly values: AutocompleteValues = new Map();
  readonly #spanLines: SpanLines;
  readonly #autocomplete: AutocompleteWriter;

  constructor(lines: SpanLines, autocomplete: AutocompleteWriter) {
    this.#spanLines = lines;
    this.#autocomplete = autocomplete;
  }

  get spanCount(): number {
    return this.lines.count;
  }

  add(spans: readonly Span[]): void {
    const now = Date.now();
    this.#spanLines.add(spans, now, this.lines);
    for (const span of spans) this.linked.add(span);
    this.#autocomplete.collect(spans, now, this.values);
  }

  /** What was added, read back from its documents. */
  spans(): Span[] {
    const sources = Array.from(this.lines.documents(), sourceOf);
    return decodeSpans(Buffer.from(`[${sources.join(',')}]`), 'json-v2', unlimited);
  }

  close(): void {
    this.lines.close();
    this.linked.clear();
    this.values.clear();
  }
}
