import { type Span, sameSpan, spanFingerprint } from '@tracekin/model';

/** Up to here every span is compared with every other; most traces and nearly all span ids stay below. */
const MAX_SCAN = 16;

/** Spans in the order in which they came, identical ones once. */
export class SpanSet {
  readonly spans: Span[] = [];
  /** By span id, made when there are too many spans to scan. */
  #byId: Map<string, SameId> | undefined;

  /** Returns false when the set has an equal span already. */
  add(span: Span): boolean {
    if (this.#byId === undefined && this.spans.length < MAX_SCAN) {
      for (const known of this.spans) if (known.id === span.id && sameSpan(known, span)) return false;
    } else {
      this.#byId ??= indexById(this.spans);
      const same = this.#byId.get(span.id);
      if (same === undefined) this.#byId.set(span.id, new SameId(span));
      else if (!same.add(span)) return false;
    }
    this.spans.push(span);
    return true;
  }
}

function indexById(spans: readonly Span[]): Map<string, SameId> {
  const byId = new Map<string, SameId>();
  for (const span of spans) {
    const same = byId.get(span.id);
    if (same === undefined) byId.set(span.id, new SameId(span));
    else same.add(span);
  }
  return byId;
}

/** Distinct spans of one id. */
class SameId {
  readonly #spans: Span[];
  /** Takes over from comparing when somebody sends one id again and again. */
  #fingerprints: Set<string> | undefined;

  constructor(first: Span) {
    this.#spans = [first];
  }

  add(span: Span): boolean {
    if (this.#fingerprints === undefined) {
      if (this.#spans.some(known => sameSpan(known, span))) return false;
      this.#spans.push(span);
      if (this.#spans.length > MAX_SCAN) this.#fingerprints = new Set(this.#spans.map(spanFingerprint));
      return true;
    }
    const fingerprint = spanFingerprint(span);
    if (this.#fingerprints.has(fingerprint)) return false;
    this.#fingerprints.add(fingerprint);
    return true;
  }
}
