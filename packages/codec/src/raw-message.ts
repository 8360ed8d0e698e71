import { parseHex32 } from './hex-words.ts';
import { CLOSE_BRACE, COLON, COMMA, type JsonReader, QUOTE } from './json-reader.ts';
import { ID_WORDS, PARENT_ID, type RawMessage, SPAN_ID, TRACE_HIGH, TRACE_LOW } from './raw-span.ts';
import type { TagShape } from './tag-shapes.ts';

/** Values of hexadecimal digits by their bytes; `NO_DIGIT` for upper case too, which is refused in ids. */
const DIGIT = new Uint8Array(256).fill(0x80);
const NO_DIGIT = 0x80;
for (let i = 0; i < 16; i++) DIGIT['0123456789abcdef'.charCodeAt(i)] = i;

/** Longer values than this are read as text. */
const MAX_RAW_VALUE = 0x3fff;

// Filled by one message at a time and copied at its end, so that a message costs two allocations of its size.
const USUAL_IDS = ID_WORDS * 128;
const USUAL_PLACES = 4096;
let ids = new Uint32Array(USUAL_IDS);
let places = new Uint32Array(USUAL_PLACES);

/** What a huge message made of them is given back, in words. */
const MOST_KEPT = 1 << 20;

/**
 * Notes ids and tags of a JSON message as numbers. Takes only what is in its usual form (ids of 16 or 32 lower-hex digits,
 * tags of strings in ASCII without escapes); for all else it consumes nothing and the decoder reads texts as ever.
 */
export class RawMessageReader implements RawMessage {
  readonly bytes: Uint8Array;
  ids: Uint32Array = ids;
  places: Uint32Array = places;
  /** Numbers in `places`. */
  placeCount = 0;
  /** Whether the last trace id that was read has 32 digits. */
  hasLongTraceId = false;
  readonly #in: JsonReader;

  constructor(input: JsonReader) {
    this.#in = input;
    this.bytes = input.bytes;
  }

  /** Before the span with this number. */
  start(index: number): void {
    if ((index + 1) * ID_WORDS > ids.length) ids = grown(ids);
    ids.fill(0, index * ID_WORDS, (index + 1) * ID_WORDS);
    this.hasLongTraceId = false;
  }

  readTraceId(index: number): boolean {
    const input = this.#in;
    if (input.peek() !== QUOTE) return false;
    const { bytes, pos } = input;
    const at = index * ID_WORDS;
    if (bytes[pos + 17] === QUOTE) {
      if (!readHalves(bytes, pos + 1, at + TRACE_LOW) || isZero(at + TRACE_LOW)) return false;
      ids[at + TRACE_HIGH] = 0;
      ids[at + TRACE_HIGH + 1] = 0;
      this.hasLongTraceId = false;
      input.pos = pos + 18;
      return true;
    }
    if (bytes[pos + 33] !== QUOTE || !readHalves(bytes, pos + 1, at + TRACE_HIGH)) return false;
    if (!readHalves(bytes, pos + 17, at + TRACE_LOW) || isZero(at + TRACE_HIGH)) return false;
    this.hasLongTraceId = true;
    input.pos = pos + 34;
    return true;
  }

  readSpanId(index: number): boolean {
    return this.#readId(index * ID_WORDS + SPAN_ID);
  }

  readParentId(index: number): boolean {
    return this.#readId(index * ID_WORDS + PARENT_ID);
  }

  #readId(at: number): boolean {
    const input = this.#in;
    if (input.peek() !== QUOTE) return false;
    const { bytes, pos } = input;
    if (bytes[pos + 17] !== QUOTE || !readHalves(bytes, pos + 1, at) || isZero(at)) return false;
    input.pos = pos + 18;
    return true;
  }

  /** Ids that were read as texts, normalised. */
  setTraceId(index: number, traceId: string): void {
    const at = index * ID_WORDS;
    this.hasLongTraceId = traceId.length === 32;
    if (this.hasLongTraceId) setHalves(at + TRACE_HIGH, traceId, 0);
    else ids.fill(0, at + TRACE_HIGH, at + TRACE_HIGH + 2);
    setHalves(at + TRACE_LOW, traceId, traceId.length - 16);
  }

  setSpanId(index: number, id: string): void {
    setHalves(index * ID_WORDS + SPAN_ID, id, 0);
  }

  setParentId(index: number, id: string | undefined): void {
    const at = index * ID_WORDS + PARENT_ID;
    if (id === undefined) ids.fill(0, at, at + 2);
    else setHalves(at, id, 0);
  }

  /** A span is not its own parent. */
  end(index: number): void {
    const at = index * ID_WORDS;
    if (ids[at + PARENT_ID] !== ids[at + SPAN_ID] || ids[at + PARENT_ID + 1] !== ids[at + SPAN_ID + 1]) return;
    ids.fill(0, at + PARENT_ID, at + PARENT_ID + 2);
  }

  /**
   * Behind the brace that opens tags: notes where their values are and consumes the closing brace. Undefined for tags that
   * are not in the usual form, of which the position may then be anywhere.
   */
  readTags(root: TagShape): TagShape | undefined {
    const input = this.#in;
    const { bytes, end } = input;
    let shape = root;
    for (;;) {
      if (input.peek() !== QUOTE) return undefined;
      let p = input.pos + 1;
      const { likely } = shape;
      if (likely?.isKeyAt(bytes, p)) {
        p += likely.raw.length;
        shape = likely;
      } else {
        const next = shape.successor(input.text('.tags'), bytes, p, input.pos);
        if (next === undefined) return undefined;
        shape = next;
        p = input.pos;
      }
      if (bytes[p] === COLON && bytes[p + 1] === QUOTE) {
        p += 2;
      } else {
        input.pos = p;
        if (input.peek() !== COLON) return undefined;
        input.pos++;
        if (input.peek() !== QUOTE) return undefined;
        p = input.pos + 1;
      }
      const start = p;
      for (; p < end; p++) if (TEXT[bytes[p]!] === 0) break;
      if (p === end || bytes[p] !== QUOTE || p - start > MAX_RAW_VALUE) return undefined;
      if (this.placeCount + 2 > places.length) places = grown(places);
      places[this.placeCount] = start;
      places[this.placeCount + 1] = p;
      this.placeCount += 2;
      input.pos = p + 1;
      const next = input.peek();
      input.pos++;
      if (next === CLOSE_BRACE) return shape;
      if (next !== COMMA) return undefined;
    }
  }

  /** Behind the last span. */
  finish(spans: number): void {
    this.ids = ids.slice(0, spans * ID_WORDS);
    this.places = places.slice(0, this.placeCount);
    if (ids.length > MOST_KEPT) ids = new Uint32Array(USUAL_IDS);
    if (places.length > MOST_KEPT) places = new Uint32Array(USUAL_PLACES);
  }
}

/** 1 for bytes that stand for themselves in a JSON string: ASCII but for the quote and the backslash. */
const TEXT = new Uint8Array(256).fill(1, 0, 0x80);
TEXT[QUOTE] = 0;
TEXT[0x5c] = 0;

/** Sixteen lower-hex digits into two words; false when one of them is none. */
function readHalves(bytes: Uint8Array, start: number, at: number): boolean {
  let high = 0;
  let low = 0;
  let wrong = 0;
  for (let i = 0; i < 8; i++) {
    const digit = DIGIT[bytes[start + i]!]!;
    wrong |= digit;
    high = (high << 4) | digit;
  }
  for (let i = 8; i < 16; i++) {
    const digit = DIGIT[bytes[start + i]!]!;
    wrong |= digit;
    low = (low << 4) | digit;
  }
  ids[at] = high;
  ids[at + 1] = low;
  return (wrong & NO_DIGIT) === 0;
}

function isZero(at: number): boolean {
  return ids[at] === 0 && ids[at + 1] === 0;
}

function setHalves(at: number, hex: string, start: number): void {
  ids[at] = parseHex32(hex, start);
  ids[at + 1] = parseHex32(hex, start + 8);
}

function grown(array: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}
