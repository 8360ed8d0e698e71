import type { DecodeLimits } from './format.ts';
import { BAD_ESCAPE, readEscapedString } from './json-escapes.ts';
import { tooDeep } from './limits.ts';
import { refuse } from './refuse.ts';
import { cachedText } from './text-cache.ts';
import { textFromBytes } from './text-from-bytes.ts';

export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;

/** Bytes that may occur in a number token. */
const NUMBER_BYTE = new Uint8Array(256);
for (const c of '0123456789+-.eE') NUMBER_BYTE[c.charCodeAt(0)] = 1;

const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

/**
 * Reads JSON tokens from bytes, in the dialect of the reader inside Zipkin (gson in its default strictness): besides
 * RFC 8259 it takes raw control characters in strings, `\'`, and literals in any case. `pos` is the next unread byte.
 *
 * JSON.parse is not used: it loses the text of numbers (`1.10`, 2^53+1), which Zipkin keeps in tags, hides keys that occur
 * twice, and says nothing of where an error is. With the checks that find these it is slower than this reader
 * (docs/decisions/codec.md).
 */
export class JsonReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  readonly limits: DecodeLimits;
  pos = 0;
  /** Which element of the list is being read, for messages. */
  index = 0;

  constructor(bytes: Uint8Array, limits: DecodeLimits) {
    this.bytes = bytes;
    this.end = bytes.length;
    this.limits = limits;
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.pos = 3; // a byte order mark
  }

  /** The next byte that is not white space, left unread; 0 at the end of input (a NUL is never valid there). */
  peek(): number {
    const bytes = this.bytes;
    const end = this.end;
    let p = this.pos;
    while (p < end) {
      const c = bytes[p]!;
      if (c > 0x20 || (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09)) {
        this.pos = p;
        return c;
      }
      p++;
    }
    this.pos = p;
    return 0;
  }

  /** Consumes `byte` or refuses. */
  expect(byte: number, what: string): void {
    const found = this.peek();
    if (found !== byte) this.mismatch(what);
    this.pos++;
  }

  /** After `[` or `{`: true when the closing byte follows, which is consumed. */
  closes(closing: number): boolean {
    if (this.peek() !== closing) return false;
    this.pos++;
    return true;
  }

  /** After an element: consumes `,` and returns true, or consumes the closing byte and returns false. */
  another(closing: number): boolean {
    const found = this.peek();
    if (found === COMMA) {
      this.pos++;
      return true;
    }
    if (found !== closing) this.malformed();
    this.pos++;
    return false;
  }

  /** True when the value is `null`, which is consumed. */
  takeNull(): boolean {
    const c = this.peek();
    return (c === 0x6e || c === 0x4e) && this.literal('null');
  }

  /** A string, or a number as its text: Zipkin takes either wherever it wants a string. */
  text(what: string): string {
    const first = this.peek();
    if (first !== QUOTE) return this.#numberText(first, what);
    const close = this.simpleString();
    if (close < 0) return this.#escapedString();
    const start = this.pos + 1;
    this.pos = close + 1;
    return cachedText(this.bytes, start, close);
  }

  /** With `pos` on a quote: the place of the closing quote, or -1 when the string holds an escape. Consumes nothing. */
  simpleString(): number {
    const bytes = this.bytes;
    const end = this.end;
    let p = this.pos + 1;
    for (; p < end; p++) {
      const c = bytes[p]!;
      if (c === QUOTE) return p;
      if (c === BACKSLASH) return -1;
    }
    return this.#unterminated();
  }

  #unterminated(): never {
    refuse(`Unterminated string${this.where('')}`);
  }

  /** An integer, possibly written as a string or with a fraction of zero. Refuses what a double cannot hold exactly. */
  integer(what: string): number {
    const bytes = this.bytes;
    const first = this.peek();
    if (first >= 0x31 && first <= 0x39) {
      // Nine digits fit 31 bits and eight more as well, which is faster than a double for each digit.
      const end = this.end;
      let p = this.pos;
      const split = Math.min(end, p + 9);
      const stop = Math.min(end, p + 17);
      let high = 0;
      let low = 0;
      let scale = 1;
      for (; p < split; p++) {
        const digit = bytes[p]! - 0x30;
        if (digit < 0 || digit > 9) break;
        high = high * 10 + digit;
      }
      if (p === split) {
        for (; p < stop; p++) {
          const digit = bytes[p]! - 0x30;
          if (digit < 0 || digit > 9) break;
          low = low * 10 + digit;
          scale *= 10;
        }
      }
      if (p < end && NUMBER_BYTE[bytes[p]!] === 0) {
        const value = high * scale + low;
        if (value <= Number.MAX_SAFE_INTEGER) {
          this.pos = p;
          return value;
        }
      }
    }
    return this.#oddInteger(first, what);
  }

  #oddInteger(first: number, what: string): number {
    if (first !== QUOTE && NUMBER_BYTE[first] === 0) this.expected('a long', what);
    const text = this.text(what).trim();
    if (!NUMBER.test(text)) refuse(`Expected a long but was ${excerpt(text)}${this.where(what)}`);
    const value = Number(text);
    if (!Number.isInteger(value)) refuse(`Expected a long but was ${excerpt(text)}${this.where(what)}`);
    if (!Number.isSafeInteger(value))
      refuse(`Expected a number below 2^53 but was ${excerpt(text)}${this.where(what)}`);
    return value + 0; // -0 becomes 0
  }

  boolean(what: string): boolean {
    const c = this.peek();
    if ((c === 0x74 || c === 0x54) && this.literal('true')) return true;
    if ((c === 0x66 || c === 0x46) && this.literal('false')) return false;
    return this.expected('a boolean', what);
  }

  /** Consumes `word` in any case, when the next byte cannot continue it. */
  literal(word: string): boolean {
    const start = this.pos;
    for (let i = 0; i < word.length; i++) {
      if (((this.bytes[start + i] ?? 0) | 0x20) !== word.charCodeAt(i)) this.malformed();
    }
    const next = this.bytes[start + word.length] ?? 0x20;
    if (
      (next >= 0x30 && next <= 0x39) ||
      (next >= 0x41 && next <= 0x5a) ||
      (next >= 0x61 && next <= 0x7a) ||
      next >= 0x80
    )
      this.malformed();
    this.pos = start + word.length;
    return true;
  }

  /** Skips one value of any type without recursion. */
  skipValue(): void {
    // One bit a level: whether the container is an object.
    const inObject: boolean[] = [];
    for (;;) {
      const first = this.peek();
      if (first === OPEN_BRACE || first === OPEN_BRACKET) {
        this.pos++;
        const isObject = first === OPEN_BRACE;
        if (!this.closes(isObject ? CLOSE_BRACE : CLOSE_BRACKET)) {
          if (inObject.length >= this.limits.maxDepth) tooDeep(this.limits);
          inObject.push(isObject);
          if (isObject) this.#skipName();
          continue;
        }
      } else if (first === QUOTE) this.skipString();
      else if (NUMBER_BYTE[first] === 1) this.#numberText(first, '');
      else if (first === 0x6e || first === 0x4e) this.literal('null');
      else if (first === 0x74 || first === 0x54) this.literal('true');
      else if (first === 0x66 || first === 0x46) this.literal('false');
      else this.malformed();
      for (;;) {
        const isObject = inObject.at(-1);
        if (isObject === undefined) return;
        if (this.another(isObject ? CLOSE_BRACE : CLOSE_BRACKET)) {
          if (isObject) this.#skipName();
          break;
        }
        inObject.pop();
      }
    }
  }

  #skipName(): void {
    if (this.peek() !== QUOTE) this.malformed();
    this.skipString();
    this.expect(COLON, '');
  }

  /** With `pos` on a quote: moves behind the string, checking its escapes. */
  skipString(): void {
    const close = this.simpleString();
    if (close < 0) this.#escapedString();
    else this.pos = close + 1;
  }

  #numberText(first: number, what: string): string {
    if (NUMBER_BYTE[first] === 0) this.expected('a string', what);
    const start = this.pos;
    let p = start;
    while (p < this.end && NUMBER_BYTE[this.bytes[p]!] === 1) p++;
    const text = textFromBytes(this.bytes, start, p);
    if (!NUMBER.test(text)) this.malformed();
    this.pos = p;
    return text;
  }

  #escapedString(): string {
    const { text, end } = readEscapedString(this.bytes, this.pos + 1);
    if (end < 0) {
      if (end === BAD_ESCAPE) this.malformed();
      this.#unterminated();
    }
    this.pos = end + 1;
    return text;
  }

  malformed(): never {
    refuse('Malformed');
  }

  /** Refuses a value of the wrong type. A container where a scalar should be, and the reverse, are only "Malformed". */
  mismatch(what: string): never {
    if (this.pos >= this.end) refuse(`End of input${this.where(what)}`);
    return this.malformed();
  }

  expected(wanted: string, what: string): never {
    const c = this.peek();
    const found = c === 0 ? undefined : TYPE_BY_FIRST_BYTE[String.fromCharCode(c).toLowerCase()];
    if (found === undefined) this.mismatch(what);
    return refuse(`Expected ${wanted} but was ${found}${this.where(what)}`);
  }

  /** ` at line 1 column 9 path $[0].traceId`: lines and columns count from 1. */
  where(what: string): string {
    let line = 1;
    let lineStart = 0;
    for (let i = 0; i < this.pos && i < this.end; i++) {
      if (this.bytes[i] === 0x0a) {
        line++;
        lineStart = i + 1;
      }
    }
    return ` at line ${line} column ${this.pos - lineStart + 1} path $[${this.index}]${what}`;
  }
}

const TYPE_BY_FIRST_BYTE: Readonly<Record<string, string>> = {
  '"': 'STRING',
  '{': 'BEGIN_OBJECT',
  '[': 'BEGIN_ARRAY',
  t: 'BOOLEAN',
  f: 'BOOLEAN',
  n: 'NULL',
};

/** Hostile texts are not echoed in full. */
export function excerpt(text: string): string {
  return text.length > 64 ? `${text.slice(0, 64)}...` : text;
}
