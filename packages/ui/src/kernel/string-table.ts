import { Int32Column } from './columns.ts';

/** Gives each distinct string a small number, in order of first sight. */
export class Interner {
  readonly strings: string[] = [];
  readonly #numbers = new Map<string, number>();

  intern(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.strings.length;
    this.strings.push(text);
    this.#numbers.set(text, number);
    return number;
  }

  /** -1 when the text was never interned. */
  find(text: string): number {
    return this.#numbers.get(text) ?? -1;
  }
}

/**
 * Strings as one text and the ends of each: crossing from the worker costs one string, however many names there are
 * (structured clone of 100,000 separate strings is a long task on the main thread).
 */
export interface PackedStrings {
  readonly text: string;
  readonly ends: Int32Array;
}

export function packStrings(strings: readonly string[]): PackedStrings {
  const ends = new Int32Column(Math.max(1, strings.length));
  let length = 0;
  for (const text of strings) {
    length += text.length;
    ends.push(length);
  }
  return { text: strings.join(''), ends: ends.data.slice(0, ends.length) };
}

/** The string with that number; empty for -1, which stands for "absent" everywhere in the kernel. */
export function unpackString(packed: PackedStrings, number: number): string {
  if (number < 0 || number >= packed.ends.length) return '';
  return packed.text.slice(number === 0 ? 0 : packed.ends[number - 1], packed.ends[number]);
}

export function packedCount(packed: PackedStrings): number {
  return packed.ends.length;
}
