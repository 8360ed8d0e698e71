import type { TagShape } from '@tracekin/codec';
import type { Endpoint } from '@tracekin/model';
import { separator } from '../joined-terms.ts';

/** A piece of the kernel's memory. */
export interface Piece {
  readonly at: number;
  readonly length: number;
}

/** The tag keys of a shape as they stand in lines, in their order. Each array has start and bytes of the piece before each tag's value. */
export interface ShapePieces {
  readonly order: Uint32Array;
  /** `,"_q":["key","key=` for the first term, `","key","key=` for others; the same for joined terms. */
  readonly firstTerm: Int32Array;
  readonly nextTerm: Int32Array;
  readonly firstJoined: Int32Array;
  readonly nextJoined: Int32Array;
  /** `,"tags":{"key":"` for the first member, `","key":"` for others. */
  readonly members: Int32Array;
  /** Characters of each key. */
  readonly keyLengths: Uint32Array;
  /** Bytes of all of them in a document with listed terms. */
  readonly size: number;
}

/** More tags than this are written in another way. */
export const mostTags = 64;
/** One text, at most. Bytes. */
const longestText = 4096;
/** Names remembered, those that are no constants included. */
const mostNames = 10_000;

/**
 * Texts that stand in many documents, as bytes in the kernel's memory; `null` for one that has to be escaped or is too long. They are few; should they fill their
 * part of the memory, `isFull` says so and all have to be forgotten.
 */
export class Constants {
  readonly #memory: Uint8Array;
  readonly #from: number;
  readonly #to: number;
  #next: number;
  #names = new Map<string, Piece | null>();
  #shapes = new WeakMap<TagShape, ShapePieces | null>();
  #local = new WeakMap<Endpoint, Piece | null>();
  #remote = new WeakMap<Endpoint, Piece | null>();

  constructor(memory: Uint8Array, from: number, to: number) {
    this.#memory = memory;
    this.#from = from;
    this.#to = to;
    this.#next = from;
  }

  /** There may be no room for the constants of one more span. */
  get isFull(): boolean {
    return this.#to - this.#next < (6 * mostTags + 8) * longestText;
  }

  forget(): void {
    this.#next = this.#from;
    this.#names = new Map();
    this.#shapes = new WeakMap();
    this.#local = new WeakMap();
    this.#remote = new WeakMap();
  }

  name(name: string): Piece | null {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const piece = this.#plain(`,"name":${JSON.stringify(name)}`);
    if (this.#names.size >= mostNames) this.#names.clear();
    this.#names.set(name, piece);
    return piece;
  }

  localEndpoint(endpoint: Endpoint): Piece | null {
    return this.#endpoint(this.#local, ',"localEndpoint":', endpoint);
  }

  remoteEndpoint(endpoint: Endpoint): Piece | null {
    return this.#endpoint(this.#remote, ',"remoteEndpoint":', endpoint);
  }

  shape(shape: TagShape): ShapePieces | null {
    let pieces = this.#shapes.get(shape);
    if (pieces === undefined) {
      pieces = this.#shapePieces(shape);
      this.#shapes.set(shape, pieces);
    }
    return pieces;
  }

  /** Any bytes, which are not remembered. */
  put(bytes: Uint8Array): Piece {
    const at = this.#next;
    this.#memory.set(bytes, at);
    this.#next += bytes.length;
    return { at, length: bytes.length };
  }

  #endpoint(known: WeakMap<Endpoint, Piece | null>, name: string, endpoint: Endpoint): Piece | null {
    let piece = known.get(endpoint);
    if (piece === undefined) {
      const { serviceName, ipv4, ipv6, port } = endpoint;
      piece = this.#plain(name + JSON.stringify({ serviceName, ipv4, ipv6, port }));
      known.set(endpoint, piece);
    }
    return piece;
  }

  #shapePieces(shape: TagShape): ShapePieces | null {
    const { keys, order } = shape.sorted();
    if (order.length === 0 || order.length > mostTags) return null;
    const texts = Array.from(order, index => keys[index]!);
    // An object cannot keep keys like 10 sorted as texts, and the general way puts them in the object's order.
    if (texts.slice(1).some(key => /^\d+$/.test(key))) return null;
    // Joined, an empty term and one with a separator have a stand-in.
    if (texts.some(key => key === '' || key.includes(separator) || !isPlain(JSON.stringify(key)))) return null;
    if (texts.some(key => key.length > longestText / 2 - 16)) return null;
    const words = (text: (key: string, place: number) => string): Int32Array =>
      Int32Array.from(texts.flatMap((key, place) => Object.values(this.put(Buffer.from(text(key, place), 'latin1')))));
    return {
      order,
      firstTerm: words(key => `,"_q":["${key}","${key}=`),
      nextTerm: words(key => `","${key}","${key}=`),
      firstJoined: words(key => `,"_q":"${key}${separator}${key}=`),
      nextJoined: words(key => `${separator}${key}${separator}${key}=`),
      members: words((key, place) => `${place === 0 ? ',"tags":{"' : '","'}${key}":"`),
      keyLengths: Uint32Array.from(texts, key => key.length),
      size: texts.reduce((sum, key) => sum + 3 * key.length + 16, 32),
    };
  }

  #plain(text: string): Piece | null {
    return text.length <= longestText && isPlain(text) ? this.put(Buffer.from(text, 'latin1')) : null;
  }
}

/** Whether a JSON text is ASCII without escapes, which Zipkin writes alike. */
function isPlain(text: string): boolean {
  return /^[\x20-\x5b\x5d-\x7f]*$/.test(text);
}
