import { TracekinError } from './error.ts';

/** Tags while they are collected. */
export type MutableTags = Record<string, string>;

/**
 * Sets a tag. Assignment would lose the key `__proto__`: on a plain object that runs the prototype setter, which ignores
 * strings. Plain objects are used nevertheless, because null-prototype ones are several times slower to fill and to read.
 */
export function setTag(tags: MutableTags, key: string, value: string): void {
  if (key === '__proto__') {
    Object.defineProperty(tags, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    tags[key] = value;
  }
}

/** The value of a tag, or undefined; unlike plain access it does not see what `Object.prototype` has. */
export function getTag(tags: Readonly<Record<string, string>> | undefined, key: string): string | undefined {
  return tags !== undefined && Object.hasOwn(tags, key) ? tags[key] : undefined;
}

/**
 * Tags sorted by key in UTF-16 code units; the same object when they are so already; undefined when there are none.
 * JavaScript lists keys that look like array indices first whatever the order of insertion: an encoder that needs the order
 * sorts for itself when `tagsInKeyOrder` says no.
 *
 * Throws `invalid-argument` when a value is not a string.
 */
export function normalizeTags(
  tags: Readonly<Record<string, string>> | null | undefined,
): Readonly<Record<string, string>> | undefined {
  if (tags === undefined || tags === null) return undefined;
  let previous: string | undefined;
  let sorted = true;
  for (const key in tags) {
    const value: unknown = tags[key];
    if (typeof value !== 'string') {
      throw new TracekinError(
        'invalid-argument',
        value == null ? `value of ${key.slice(0, 64)} == null` : `value of ${key.slice(0, 64)} is not text`,
      );
    }
    if (previous !== undefined && key <= previous) sorted = false;
    previous = key;
  }
  if (previous === undefined) return undefined;
  return sorted ? tags : sortTags(tags);
}

/** Whether listing the keys gives them in UTF-16 order, each once. */
export function tagsInKeyOrder(tags: Readonly<Record<string, string>>): boolean {
  let previous: string | undefined;
  for (const key in tags) {
    if (previous !== undefined && key <= previous) return false;
    previous = key;
  }
  return true;
}

/** A copy with the keys inserted in UTF-16 order. */
export function sortTags(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const sorted: MutableTags = {};
  for (const key of Object.keys(tags).sort()) setTag(sorted, key, tags[key]!);
  return sorted;
}
