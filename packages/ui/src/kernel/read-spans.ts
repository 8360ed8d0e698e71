import { JsonElements } from './json-elements.ts';
import { Problems } from './problems.ts';
import { addRecord, Records } from './records.ts';

/** How much text is handed to `JSON.parse` at once: the objects of one batch are garbage before the next is made. */
const BATCH_BYTES = 1 << 20;

/**
 * Reads Zipkin JSON v2 as the bytes arrive: `[span, …]`, or `[[span, …], …]` for several traces. Never throws on what it
 * is given: elements that cannot be read are problems, all the others are kept, and so is what came before a cut.
 */
export class SpanReader {
  readonly records: Records = new Records();
  readonly problems: Problems = new Problems();

  #bytes: Uint8Array;
  #length = 0;
  readonly #elements: JsonElements;
  #from: number[] = [];
  #to: number[] = [];
  #group = 0;
  readonly #decoder = new TextDecoder();

  /** @param expectedBytes Content-Length when known; a wrong guess only costs a copy */
  constructor(expectedBytes: number = 1 << 16) {
    this.#bytes = new Uint8Array(Math.max(1, Math.min(expectedBytes, 0x7fff_0000)));
    this.#elements = new JsonElements((from, to, group) => {
      // A batch is parsed as the inside of one list, so it must not reach across the border of two traces.
      if (group !== this.#group) this.#parseBatch();
      this.#group = group;
      this.#from.push(from);
      this.#to.push(to);
      if (to - (this.#from[0] as number) >= BATCH_BYTES) this.#parseBatch();
    });
  }

  /** All bytes given so far. The view is replaced when the buffer grows. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  write(chunk: Uint8Array): void {
    if (this.#length + chunk.length > this.#bytes.length) {
      const wider = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + chunk.length));
      wider.set(this.bytes);
      this.#bytes = wider;
    }
    this.#bytes.set(chunk, this.#length);
    this.#length += chunk.length;
    this.#elements.read(this.#bytes, this.#length);
  }

  end(): void {
    this.#parseBatch();
    const open = this.#elements.openFrom;
    if (open >= 0) this.problems.add('cut-off', -1, this.text(open, Math.min(this.#length, open + 400)));
    else if (!this.#elements.complete && this.#length > 0 && this.#elements.strayFrom < 0)
      this.problems.add('cut-off', -1, '');
    const stray = this.#elements.strayFrom;
    if (stray >= 0) this.problems.add('not-json', -1, this.text(stray, Math.min(this.#length, stray + 400)));
  }

  /** The source text of a byte range, e.g. that of one record. */
  text(from: number, to: number): string {
    return this.#decoder.decode(this.#bytes.subarray(from, to));
  }

  #parseBatch(): void {
    const from = this.#from;
    const to = this.#to;
    if (from.length === 0) return;
    this.#from = [];
    this.#to = [];
    let parsed: unknown[] | undefined;
    try {
      const whole = JSON.parse(`[${this.text(from[0] as number, to.at(-1) as number)}]`);
      if (Array.isArray(whole) && whole.length === from.length) parsed = whole;
    } catch {
      // One of them is broken: read them one by one below.
    }
    for (let i = 0; i < from.length; i++) {
      const start = from[i] as number;
      const end = to[i] as number;
      let element: unknown;
      if (parsed !== undefined) element = parsed[i];
      else {
        const text = this.text(start, end);
        try {
          element = JSON.parse(text);
        } catch {
          this.problems.add('not-json', -1, text);
          continue;
        }
      }
      addRecord(this.records, element, start, end, this.problems);
    }
  }
}

/** The whole body at once. */
export function readSpans(bytes: Uint8Array): SpanReader {
  const reader = new SpanReader(bytes.length);
  reader.write(bytes);
  reader.end();
  return reader;
}
