import { decodeSpans } from '@tracekin/codec';
import type { Span } from '@tracekin/model';
import type { AutocompleteValues, AutocompleteWriter } from './autocomplete-writer.ts';
import { type BulkDocument, sourceOf } from './bulk-writer.ts';
import { linkFields } from './link-fields.ts';
import type { SpanLines } from './span-lines.ts';

/** What was decoded once is decoded again whatever the limits of a message. */
const unlimited = { maxSpans: Number.MAX_SAFE_INTEGER };

/** A batch whose spans become lines of a request as they are added, so that they are not kept as objects. */
export class DocumentBatch {
  readonly documents: BulkDocument[] = [];
  /** What links need to know of each span. */
  readonly linked: Span[] = [];
  readonly values: AutocompleteValues = new Map();
  readonly #lines: SpanLines;
  readonly #autocomplete: AutocompleteWriter;

  constructor(lines: SpanLines, autocomplete: AutocompleteWriter) {
    this.#lines = lines;
    this.#autocomplete = autocomplete;
  }

  get spanCount(): number {
    return this.documents.length;
  }

  add(spans: readonly Span[]): void {
    const now = Date.now();
    for (const span of spans) {
      this.documents.push(this.#lines.document(span, now));
      this.linked.push(linkFields(span));
    }
    this.#autocomplete.collect(spans, now, this.values);
  }

  /** What was added, read back from its documents. */
  spans(): Span[] {
    return decodeSpans(Buffer.from(`[${this.documents.map(sourceOf).join(',')}]`), 'json-v2', unlimited);
  }

  close(): void {
    this.documents.length = 0;
    this.linked.length = 0;
    this.values.clear();
  }
}
