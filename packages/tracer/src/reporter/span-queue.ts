import type { EncodedSpan } from './span-encoder.ts';

/** First in, first out, of encoded spans; bounded by their number. */
export class SpanQueue {
  readonly #limit: number;
  #spans: EncodedSpan[] = [];
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#spans.length;
  }

  /** Sum of the lengths: bytes, or characters of text. */
  get size(): number {
    return this.#size;
  }

  get isFull(): boolean {
    return this.#spans.length >= this.#limit;
  }

  push(span: EncodedSpan): void {
    this.#spans.push(span);
    this.#size += span.length + 1;
  }

  /** Puts spans back at the front. */
  unshift(spans: readonly EncodedSpan[]): void {
    this.#spans = [...spans, ...this.#spans];
    for (const span of spans) this.#size += span.length + 1;
  }

  /** Removes spans from the front while their lengths, with separators, stay within `maxSize`; at least one. */
  take(maxSize: number): EncodedSpan[] {
    let count = 0;
    let size = 2;
    while (count < this.#spans.length) {
      const next = size + this.#spans[count]!.length + 1;
      if (next > maxSize && count > 0) break;
      size = next;
      count++;
    }
    if (count === this.#spans.length) return this.takeAll();
    const taken = this.#spans.slice(0, count);
    this.#spans = this.#spans.slice(count);
    this.#size -= size - 2;
    return taken;
  }

  takeAll(): EncodedSpan[] {
    const taken = this.#spans;
    this.#spans = [];
    this.#size = 0;
    return taken;
  }
}
