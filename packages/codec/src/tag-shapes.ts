import { setTag } from '@tracekin/model';

/** Beyond this many keys in one span, or this many remembered keys in all, nothing more is remembered. */
const MAX_DEPTH = 48;
const MAX_SHAPES = 4096;

export interface SortedKeys {
  /** As they were written. */
  readonly keys: readonly string[];
  /** Which of them to take, in sorted order; of equal keys only the last. */
  readonly order: Uint32Array;
}

/**
 * One key in a sequence of tag keys as some reporter writes them. A service writes the same keys in the same order in
 * span after span, so the key that followed last time is compared with the input directly, and how to sort the keys is
 * worked out once for the sequence instead of once a span.
 */
export class TagShape {
  /** The key that led here, `''` at the root. */
  readonly key: string;
  /** The bytes that `key` was read from; in JSON with the closing quote; empty while they are not known. */
  raw: Uint8Array;
  readonly #parent: TagShape | undefined;
  readonly #depth: number;
  /** The successor seen last. */
  likely: TagShape | undefined = undefined;
  readonly #next = new Map<string, TagShape>();
  #sorted: SortedKeys | undefined = undefined;

  constructor(key: string, raw: Uint8Array, parent?: TagShape) {
    this.key = key;
    this.raw = raw;
    this.#parent = parent;
    this.#depth = parent === undefined ? 0 : parent.#depth + 1;
  }

  /** Whether the bytes at `start` begin with this shape's key. */
  isKeyAt(bytes: Uint8Array, start: number): boolean {
    return start + this.raw.length <= bytes.length && this.isKey(bytes, start, start + this.raw.length);
  }

  /** Whether these bytes are this shape's key. */
  isKey(bytes: Uint8Array, start: number, end: number): boolean {
    const { raw } = this;
    if (end - start !== raw.length) return false;
    for (let i = 0; i < raw.length; i++) if (bytes[start + i] !== raw[i]) return false;
    return true;
  }

  /** The shape after `key`, which was read from these bytes. Undefined when there is no room to remember it. */
  successor(key: string, bytes: Uint8Array, start: number, end: number): TagShape | undefined {
    let shape = this.#next.get(key);
    if (shape === undefined) {
      if (this.#depth >= MAX_DEPTH || count >= MAX_SHAPES) return undefined;
      count++;
      shape = new TagShape(key, bytes.slice(start, end), this);
      this.#next.set(key, shape);
    } else if (shape.raw.length === 0 && end > start) shape.raw = bytes.slice(start, end);
    this.likely = shape;
    return shape;
  }

  /** The shape after `key`, for encodings that give the key's length. */
  after(key: string): TagShape | undefined {
    const likely = this.likely;
    if (likely !== undefined && likely.key === key) return likely;
    return this.successor(key, NO_BYTES, 0, 0);
  }

  /** The keys that led here, and how to write them. */
  sorted(): SortedKeys {
    if (this.#sorted === undefined) {
      const keys: string[] = [];
      for (let shape: TagShape = this; shape.#parent !== undefined; shape = shape.#parent) keys.push(shape.key);
      keys.reverse();
      this.#sorted = { keys, order: sortedOrder(keys, keys.length) };
    }
    return this.#sorted;
  }
}

let count = 0;
const NO_BYTES = new Uint8Array(0);
let jsonRoot = new TagShape('', NO_BYTES);
let binaryRoot = new TagShape('', NO_BYTES);

function forgetWhenFull(): void {
  if (count < MAX_SHAPES) return;
  count = 0;
  jsonRoot = new TagShape('', NO_BYTES);
  binaryRoot = new TagShape('', NO_BYTES);
}

/** Where every tags object of a JSON message starts. Called once a message: a full table is emptied, to learn anew. */
export function jsonTagShapes(): TagShape {
  forgetWhenFull();
  return jsonRoot;
}

/** The same for messages whose keys are not between quotes. */
export function binaryTagShapes(): TagShape {
  forgetWhenFull();
  return binaryRoot;
}

/** Indexes of `keys[0..length)` sorted by key (UTF-16 code units, as Java's TreeMap), without superseded duplicates. */
export function sortedOrder(keys: readonly string[], length: number): Uint32Array {
  const latest = new Map<string, number>();
  for (let i = 0; i < length; i++) latest.set(keys[i]!, i);
  const sorted = [...latest.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  return Uint32Array.from(sorted, ([, index]) => index);
}

/** Collects the tags of one span at a time, in any order and with duplicates. */
export class TagCollector {
  readonly keys: string[] = [];
  readonly values: string[] = [];
  length = 0;

  add(key: string, value: string): void {
    this.keys[this.length] = key;
    this.values[this.length] = value;
    this.length++;
  }

  /** The tags sorted by key, the last of equal keys, or undefined when there are none. Empties the collector. */
  take(shape: TagShape | undefined): Record<string, string> | undefined {
    const { keys, values, length } = this;
    if (length === 0) return undefined;
    const order = shape === undefined ? sortedOrder(keys, length) : shape.sorted().order;
    const tags: Record<string, string> = {};
    for (let i = 0; i < order.length; i++) {
      const index = order[i]!;
      const key = keys[index]!;
      if (key === '__proto__') setTag(tags, key, values[index]!);
      else tags[key] = values[index]!;
    }
    this.length = 0;
    if (keys.length > MAX_DEPTH) {
      keys.length = 0;
      values.length = 0;
    }
    return tags;
  }
}
