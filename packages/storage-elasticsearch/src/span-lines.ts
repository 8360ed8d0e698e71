import { hash } from 'node:crypto';
import { RawSpan } from '@tracekin/codec';
import type { EpochMillis, Span } from '@tracekin/model';
import type { IndexForms } from './index-forms.ts';
import type { IndexNames } from './index-names.ts';
import { joinedAlias, joinInPlace } from './joined-terms.ts';
import type { LineRuns } from './line-runs.ts';
import { type LineForm, RawLines } from './raw-lines.ts';
import { type DocumentText, documentText, spanDay, usualText } from './span-document.ts';

const md5Characters = 32;
const afterId = '"}}\n';
const newline = 0x0a;
const dayMs = 86_400_000;

/** Where a document stands in the block: its free bytes, its list of terms (none when empty), its end. */
interface Place {
  readonly start: number;
  readonly termsFrom: number;
  readonly termsTo: number;
  readonly end: number;
}

/**
 * Spans as lines of a bulk request. A document's text is turned into bytes once, where the request needs them, and its id
 * `traceId-md5(document)` is taken from these bytes: Zipkin's id, so writing a span again changes nothing. Only then are its terms joined
 * where the index has that form.
 */
export class SpanLines {
  readonly #names: IndexNames;
  readonly #forms: Pick<IndexForms, 'of' | 'version'>;
  readonly #searchable: boolean;
  readonly #raw: RawLines | undefined;
  #day = Number.NaN;
  /** Of the forms when the day's index was asked for. */
  #version = -1;
  #form: LineForm = { index: '', joined: false, beforeId: new Uint8Array() };

  /** Without `searchable` only the spans themselves are written. */
  constructor(names: IndexNames, forms: Pick<IndexForms, 'of' | 'version'>, searchable: boolean) {
    this.#names = names;
    this.#forms = forms;
    this.#searchable = searchable;
    this.#raw = RawLines.make(searchable);
  }

  /** Adds the lines of spans, in their order. `now` decides the day of one without any time. */
  add(spans: readonly Span[], now: EpochMillis, to: LineRuns): void {
    const raw = this.#raw;
    raw?.begin();
    for (const span of spans) {
      const form = this.#formOf(span, now);
      if (raw !== undefined && span instanceof RawSpan && raw.add(span, form, to)) continue;
      raw?.flush(to);
      this.#add(span, form, to);
    }
    raw?.flush(to);
  }

  #formOf(span: Span, now: EpochMillis): LineForm {
    const day = Math.floor(spanDay(span, now) / dayMs);
    // Nearly all spans are of the day of the span before.
    if (day !== this.#day || this.#version !== this.#forms.version) {
      this.#day = day;
      this.#version = this.#forms.version;
      const index = this.#names.of('span', day * dayMs);
      const { joined } = this.#forms.of(index);
      // The prefix of an index may be any text, all else up to the document is ASCII.
      const beforeId = Buffer.from(`{"index":{"_index":"${joined ? joinedAlias(index) : index}","_id":"`);
      this.#form = { index, joined, beforeId };
    }
    return this.#form;
  }

  #add(span: Span, { index, joined, beforeId }: LineForm, to: LineRuns): void {
    const { traceId } = span;
    const idAt = beforeId.length;
    const head = idAt + traceId.length + 1 + md5Characters + afterId.length;
    const place = this.#writeUsual(span, head, to) ?? write(documentText(span, this.#searchable), head, to);
    const { start, termsFrom, termsTo } = place;
    let { end } = place;
    const { block } = to;
    const digest = hash('md5', block.subarray(start + head, end), 'hex');
    block.set(beforeId, start);
    block.write(`${traceId}-${digest}${afterId}`, start + idAt, 'latin1');
    if (joined && termsFrom < termsTo) {
      const joinedTo = joinInPlace(block, termsFrom, termsTo);
      block.copyWithin(joinedTo, termsTo, end);
      end -= termsTo - joinedTo;
    }
    block[end] = newline;
    to.added(index, joined, end + 1);
  }

  /** Undefined when it is not an usual span after all. */
  #writeUsual(span: Span, head: number, to: LineRuns): Place | undefined {
    const text = usualText(span, this.#searchable);
    if (text === undefined) return undefined;
    const place = write(text, head, to);
    // Anything beyond ASCII may be half of a pair, which Zipkin escapes.
    return place.end - place.start - head === text.fields.length + text.span.length - 1 ? place : undefined;
  }
}

/** Writes a document behind `head` free bytes. */
function write({ fields, termsAt, span }: DocumentText, head: number, to: LineRuns): Place {
  const start = to.room(head + 3 * (fields.length + span.length) + 1);
  const { block } = to;
  const at = start + head;
  const textAt = at + block.write(fields, at) - 1;
  const last = block[textAt]!;
  const end = textAt + block.write(span, textAt);
  // The span's own brace stands where the last byte of the fields was, a comma or the brace itself.
  block[textAt] = last;
  return { start, termsFrom: termsAt === undefined ? textAt : at + termsAt, termsTo: textAt, end };
}
