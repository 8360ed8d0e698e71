import {
  HIGH_DIGIT,
  ID_WORDS,
  LOW_DIGIT,
  PARENT_ID,
  type RawSpan,
  SPAN_ID,
  type TagShape,
  TRACE_HIGH,
  TRACE_LOW,
} from '@tracekin/codec';
import type { Endpoint, Kind } from '@tracekin/model';
import { longestTerm } from './span-document.ts';

/** Names remembered as bytes; they are few. */
const mostNames = 4096;

/** The tag keys of a shape as they stand in a document. */
interface ShapeBytes {
  readonly order: Uint32Array;
  /** Of each key in `order`, `"key","key=`. */
  readonly terms: readonly Uint8Array[];
  /** Of each key, `"key":"`. */
  readonly members: readonly Uint8Array[];
  /** Bytes of all of them, with the quotes and commas of their values. */
  readonly size: number;
}

/** Where a document and its list of terms (empty: none) end and start in the bytes. */
export interface RawPlace {
  termsFrom: number;
  termsTo: number;
  end: number;
}

const ascii = (text: string): Uint8Array => Uint8Array.from(text, letter => letter.charCodeAt(0));
const millisMember = ascii('{"timestamp_millis":');
const termsMember = ascii('"_q":[');
const traceIdMember = ascii('"traceId":"');
const parentIdMember = ascii('","parentId":"');
const idMember = ascii('","id":"');
const timestampMember = ascii(',"timestamp":');
const durationMember = ascii(',"duration":');
const tagsMember = ascii(',"tags":{');
const kindMembers = {
  CLIENT: ascii(',"kind":"CLIENT"'),
  SERVER: ascii(',"kind":"SERVER"'),
  PRODUCER: ascii(',"kind":"PRODUCER"'),
  CONSUMER: ascii(',"kind":"CONSUMER"'),
} satisfies Record<Kind, Uint8Array>;
const debugMember = ascii(',"debug":true');
const sharedMember = ascii(',"shared":true');
const nothing = new Uint8Array(0);
/** All members but the texts of names, endpoints and tags. */
const fixedBytes = 512;
const [quote, comma, closeBrace, closeList, openBrace] = [0x22, 0x2c, 0x7d, 0x5d, 0x7b];

/**
 * Writes the document of a span that the decoder left as bytes without making texts of it: the same text as `documentText`, in a fifth of the
 * time.
 */
export class RawDocuments {
  readonly place: RawPlace = { termsFrom: 0, termsTo: 0, end: 0 };
  readonly #searchable: boolean;
  readonly #shapes = new WeakMap<TagShape, ShapeBytes | null>();
  readonly #local = new WeakMap<Endpoint, Uint8Array | null>();
  readonly #remote = new WeakMap<Endpoint, Uint8Array | null>();
  readonly #names = new Map<string, Uint8Array | null>();
  // Of the span whose room was asked for.
  #shape: ShapeBytes | undefined;
  #name: Uint8Array = nothing;
  #localEndpoint: Uint8Array = nothing;
  #remoteEndpoint: Uint8Array = nothing;

  constructor(searchable: boolean) {
    this.#searchable = searchable;
  }

  /** Bytes that the document of a span takes at most; undefined when it has to be written in another way. Before `write`. */
  room(span: RawSpan): number | undefined {
    const { message, tagsAt, tagShape } = span;
    if (span.annotations !== undefined) return undefined;
    if (tagShape === undefined && span.tags !== undefined) return undefined;
    const name = span.name === undefined ? nothing : this.#ofName(span.name);
    const local = endpointMember(this.#local, ',"localEndpoint":', span.localEndpoint);
    const remote = endpointMember(this.#remote, ',"remoteEndpoint":', span.remoteEndpoint);
    if (name === null || local === null || remote === null) return undefined;
    let size = fixedBytes + name.length + local.length + remote.length;
    this.#shape = undefined;
    if (tagShape !== undefined) {
      const shape = this.#ofShape(tagShape);
      if (shape === null) return undefined;
      this.#shape = shape;
      const { places } = message;
      for (const index of shape.order) size += 2 * (places[tagsAt + 2 * index + 1]! - places[tagsAt + 2 * index]!);
      size += shape.size;
    }
    this.#name = name;
    this.#localEndpoint = local;
    this.#remoteEndpoint = remote;
    return size;
  }

  /**
   * Writes a document; its end and its terms are in `place`. `room` was asked just before, and there is as much. False when a tag has to
   * be escaped after all.
   */
  write(span: RawSpan, bytes: Uint8Array, start: number): boolean {
    const { message, index, timestamp, duration, kind, tagsAt } = span;
    const { places, ids } = message;
    const shape = this.#shape;
    const { place } = this;
    let at = start;
    if (this.#searchable && timestamp !== undefined) {
      at = put(bytes, at, millisMember);
      at = putNumber(bytes, at, Math.floor(timestamp / 1000));
      bytes[at++] = comma;
    } else bytes[at++] = openBrace;
    place.termsFrom = at;
    place.termsTo = at;
    if (this.#searchable && shape !== undefined) {
      const { order, terms } = shape;
      const first = put(bytes, at, termsMember);
      let next = first;
      for (let i = 0; i < order.length; i++) {
        const from = tagsAt + 2 * order[i]!;
        const [valueAt, valueEnd] = [places[from]!, places[from + 1]!];
        const before = terms[i]!;
        // `"key","key=` has six more than twice the key.
        if ((before.length - 6) / 2 + 1 + valueEnd - valueAt > longestTerm) continue;
        next = put(bytes, next, before);
        next = putPart(bytes, next, message.bytes, valueAt, valueEnd);
        if (next < 0) return false;
        bytes[next++] = quote;
        bytes[next++] = comma;
      }
      if (next > first) {
        bytes[next - 1] = closeList;
        place.termsFrom = first - 1;
        place.termsTo = next;
        bytes[next++] = comma;
        at = next;
      }
    }
    at = put(bytes, at, traceIdMember);
    const words = index * ID_WORDS;
    if (span.hasLongTraceId) at = putId(bytes, at, ids, words + TRACE_HIGH);
    at = putId(bytes, at, ids, words + TRACE_LOW);
    if (ids[words + PARENT_ID] !== 0 || ids[words + PARENT_ID + 1] !== 0) {
      at = put(bytes, at, parentIdMember);
      at = putId(bytes, at, ids, words + PARENT_ID);
    }
    at = put(bytes, at, idMember);
    at = putId(bytes, at, ids, words + SPAN_ID);
    bytes[at++] = quote;
    if (kind !== undefined) at = put(bytes, at, kindMembers[kind]);
    at = put(bytes, at, this.#name);
    if (timestamp !== undefined) at = putNumber(bytes, put(bytes, at, timestampMember), timestamp);
    if (duration !== undefined) at = putNumber(bytes, put(bytes, at, durationMember), duration);
    at = put(bytes, at, this.#localEndpoint);
    at = put(bytes, at, this.#remoteEndpoint);
    if (shape !== undefined) {
      const { order, members } = shape;
      at = put(bytes, at, tagsMember);
      for (let i = 0; i < order.length; i++) {
        const from = tagsAt + 2 * order[i]!;
        at = put(bytes, at, members[i]!);
        at = putPart(bytes, at, message.bytes, places[from]!, places[from + 1]!);
        if (at < 0) return false;
        bytes[at++] = quote;
        bytes[at++] = comma;
      }
      bytes[at - 1] = closeBrace;
    }
    if (span.debug === true) at = put(bytes, at, debugMember);
    if (span.shared === true) at = put(bytes, at, sharedMember);
    bytes[at++] = closeBrace;
    place.end = at;
    return true;
  }

  #ofName(name: string): Uint8Array | null {
    let bytes = this.#names.get(name);
    if (bytes === undefined) {
      bytes = plain(`,"name":${JSON.stringify(name)}`);
      if (this.#names.size >= mostNames) this.#names.clear();
      this.#names.set(name, bytes);
    }
    return bytes;
  }

  #ofShape(shape: TagShape): ShapeBytes | null {
    let bytes = this.#shapes.get(shape);
    if (bytes === undefined) {
      bytes = shapeBytes(shape);
      this.#shapes.set(shape, bytes);
    }
    return bytes;
  }
}

function shapeBytes(shape: TagShape): ShapeBytes | null {
  const { keys, order } = shape.sorted();
  const [terms, members]: [Uint8Array[], Uint8Array[]] = [[], []];
  let previous: string | undefined;
  let size = 0;
  for (const index of order) {
    const key = keys[index]!;
    const text = JSON.stringify(key);
    const [term, member] = [plain(`${text},${text.slice(0, -1)}=`), plain(`${text}:"`)];
    if (term === null || member === null) return null;
    // An object cannot keep keys like 10 sorted as texts, and the general way puts them in the object's order.
    if (previous !== undefined && /^\d+$/.test(key)) return null;
    previous = key;
    terms.push(term);
    members.push(member);
    size += term.length + member.length + 4;
  }
  return { order, terms, members, size };
}

function endpointMember(
  known: WeakMap<Endpoint, Uint8Array | null>,
  name: string,
  endpoint: Endpoint | undefined,
): Uint8Array | null {
  if (endpoint === undefined) return nothing;
  let bytes = known.get(endpoint);
  if (bytes === undefined) {
    const { serviceName, ipv4, ipv6, port } = endpoint;
    bytes = plain(name + JSON.stringify({ serviceName, ipv4, ipv6, port }));
    known.set(endpoint, bytes);
  }
  return bytes;
}

/** The bytes of a JSON text that is ASCII without escapes, which Zipkin writes alike. */
function plain(text: string): Uint8Array | null {
  return /^[\x20-\x5b\x5d-\x7f]*$/.test(text) ? ascii(text) : null;
}

function put(bytes: Uint8Array, at: number, part: Uint8Array): number {
  for (let i = 0; i < part.length; i++) bytes[at + i] = part[i]!;
  return at + part.length;
}

/** Copies ASCII without quotes and backslashes. Negative when there is a control character, which has to be escaped. */
function putPart(bytes: Uint8Array, at: number, from: Uint8Array, start: number, end: number): number {
  let control = 0;
  const shift = at - start;
  for (let i = start; i < end; i++) {
    const byte = from[i]!;
    control |= byte - 0x20;
    bytes[i + shift] = byte;
  }
  return control < 0 ? -1 : end + shift;
}

/** An integer of at most 2^53, in decimal digits. */
function putNumber(bytes: Uint8Array, at: number, value: number): number {
  if (value < 1e8) return putSmall(bytes, at, value, 1);
  const high = Math.floor(value / 1e8);
  return putSmall(bytes, putNumber(bytes, at, high), value - high * 1e8, 8);
}

/** An integer below 10^8, with leading zeros up to `digits`. */
function putSmall(bytes: Uint8Array, at: number, value: number, digits: number): number {
  let count = digits;
  for (let limit = 10 ** digits; limit <= value; limit *= 10) count++;
  let rest = value;
  for (let i = at + count - 1; i >= at; i--) {
    const tenth = (rest / 10) | 0;
    bytes[i] = 0x30 + rest - tenth * 10;
    rest = tenth;
  }
  return at + count;
}

/** A 64-bit id of two words as 16 digits. */
function putId(bytes: Uint8Array, at: number, ids: Uint32Array, word: number): number {
  for (let half = 0; half < 2; half++) {
    const value = ids[word + half]!;
    for (let i = 0; i < 4; i++) {
      const byte = (value >>> (24 - 8 * i)) & 255;
      bytes[at + 8 * half + 2 * i] = HIGH_DIGIT[byte]!;
      bytes[at + 8 * half + 2 * i + 1] = LOW_DIGIT[byte]!;
    }
  }
  return at + 16;
}
