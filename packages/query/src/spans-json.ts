import { encodeSpanJsonV2 } from '@tracekin/codec';
import type { Span } from '@tracekin/model';

/**
 * Spans whose text becomes bytes at once. One text of a trace of 100,000 spans is a tree of millions of pieces until it is
 * sent, and the garbage collector walks it again and again: three times the CPU of this.
 */
const SPANS_AT_ONCE = 64;

/** `[span,…]` without white space, as `/api/v2/trace` answers. */
export function spansJson(spans: readonly Span[]): Buffer {
  const json = new JsonBytes();
  json.spans(spans);
  return json.finish();
}

/** `[[span,…],…]`, as `/api/v2/traces` answers. */
export function tracesJson(traces: readonly (readonly Span[])[]): Buffer {
  const json = new JsonBytes();
  json.text('[');
  for (let i = 0; i < traces.length; i++) {
    if (i > 0) json.text(',');
    json.spans(traces[i]!);
  }
  json.text(']');
  return json.finish();
}

class JsonBytes {
  readonly #parts: Buffer[] = [];
  #text = '';
  #spans = 0;

  text(text: string): void {
    this.#text += text;
  }

  spans(spans: readonly Span[]): void {
    this.#text += '[';
    for (let i = 0; i < spans.length; i++) {
      this.#text += (i === 0 ? '' : ',') + encodeSpanJsonV2(spans[i]!);
      if (++this.#spans === SPANS_AT_ONCE) this.#flush();
    }
    this.#text += ']';
  }

  finish(): Buffer {
    this.#flush();
    return this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
  }

  #flush(): void {
    this.#parts.push(Buffer.from(this.#text));
    this.#text = '';
    this.#spans = 0;
  }
}
