import type { TagShape } from '@tracekin/codec';
import { finishHash, hashSeparator, hashText, TERM_SEED } from './token-hash.ts';

/** More remembered keys than this, and everything is forgotten: memory stays bounded whatever the tags are called. */
const MAX_SHAPES = 20_000;

/**
 * A sequence of tag keys. Spans of one kind carry the same keys in the same order, so what depends on keys alone is
 * worked out once: the text that is stored for the sequence, and the hashes to index its keys by.
 */
export interface KeyShape {
  /** The last key. */
  readonly key: string;
  /** Every key, escaped, each followed by NUL: the `tag_keys` column. */
  readonly text: string;
  /** Hash of the last key as a search word. */
  readonly wordHash: number;
  /** Hash state of the last key and the separator, from which the value goes on. */
  readonly tagState: number;
  /** Whether one of the keys is `error`. */
  readonly hasError: boolean;
  readonly next: Map<string, KeyShape>;
  /** The bucket, and the batch, in which the last key is known to be frequent: nothing more of it needs indexing there. */
  frequentIn: number;
  batch: number;
}

/** The sorted keys of tags that are still bytes. */
export interface RawShapes {
  /** The shape after each key. */
  readonly shapes: readonly KeyShape[];
  /** Which tag of the message each key is. */
  readonly order: Uint32Array;
}

export class KeyShapes {
  #root = emptyShape();
  #raw = new Map<TagShape, RawShapes>();
  #count = 0;

  /** The shape of no keys. Where every span starts. */
  root(): KeyShape {
    if (this.#count > MAX_SHAPES) {
      this.#root = emptyShape();
      this.#raw = new Map();
      this.#count = 0;
    }
    return this.#root;
  }

  ofTags(tags: TagShape): RawShapes {
    return this.#raw.get(tags) ?? this.#addRaw(tags);
  }

  #addRaw(tags: TagShape): RawShapes {
    const { keys, order } = tags.sorted();
    let shape = this.root();
    const shapes = Array.from(order, index => {
      shape = this.after(shape, keys[index]!);
      return shape;
    });
    const added = { shapes, order };
    this.#raw.set(tags, added);
    // An entry is as large as its keys are many; they are 48 at most.
    this.#count++;
    return added;
  }

  after(shape: KeyShape, key: string): KeyShape {
    return shape.next.get(key) ?? this.#add(shape, key);
  }

  #add(shape: KeyShape, key: string): KeyShape {
    const added: KeyShape = {
      key,
      text: `${shape.text}${escapeKey(key)}\0`,
      wordHash: finishHash(hashText(TERM_SEED.word, key)),
      tagState: hashSeparator(hashText(TERM_SEED.tag, key)),
      hasError: shape.hasError || key === 'error',
      next: new Map(),
      frequentIn: -1,
      batch: 0,
    };
    // A span with a hundred thousand keys would remember a quadratic amount of text.
    if (added.text.length < 16_384) {
      shape.next.set(key, added);
      this.#count++;
    }
    return added;
  }
}

function emptyShape(): KeyShape {
  return { key: '', text: '', wordHash: 0, tagState: 0, hasError: false, next: new Map(), frequentIn: -1, batch: 0 };
}

/** Without NUL, so that NUL can end each key. */
export function escapeKey(key: string): string {
  return key.includes('\\') || key.includes('\0') ? key.replaceAll('\\', '\\\\').replaceAll('\0', '\\0') : key;
}

/** The keys of a `tag_keys` value, in their order. */
export function splitKeys(text: string): string[] {
  if (text === '') return [];
  const keys = text.slice(0, -1).split('\0');
  return text.includes('\\') ? keys.map(unescapeKey) : keys;
}

function unescapeKey(key: string): string {
  return key.replace(/\\([\\0])/g, (_, escaped: string) => (escaped === '0' ? '\0' : '\\'));
}
