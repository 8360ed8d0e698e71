import { COLON, type JsonReader, QUOTE } from './json-reader.ts';

interface Candidate {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/**
 * Makes a reader of object keys out of the known ones: it consumes a key with its colon and returns the key's index in
 * `known`, or -1 for any other. Candidates are compared as bytes, by length first, so no string is made.
 */
export function jsonFields(known: readonly string[]): (input: JsonReader) => number {
  const longest = Math.max(...known.map(name => name.length));
  const byLength: Candidate[][] = Array.from({ length: longest + 1 }, () => []);
  known.forEach((name, index) => {
    byLength[name.length]!.push({ index, bytes: new TextEncoder().encode(name) });
  });

  return function readField(input: JsonReader): number {
    if (input.peek() !== QUOTE) input.malformed();
    const close = input.simpleString();
    if (close < 0) {
      const index = known.indexOf(input.text(''));
      input.expect(COLON, '');
      return index;
    }
    const start = input.pos + 1;
    const length = close - start;
    input.pos = close + 1;
    input.expect(COLON, '');
    if (length > longest) return -1;
    for (const { index, bytes } of byLength[length]!) {
      let i = 0;
      while (i < length && bytes[i] === input.bytes[start + i]) i++;
      if (i === length) return index;
    }
    return -1;
  };
}
