import { COLON, type JsonReader, QUOTE } from './json-reader.ts';

interface Candidate {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/**
 * Makes a reader of object keys out of the known ones: it consumes a key with its colon and returns the key's index in
 * `known`, or -1 for any other. Keys are compared as bytes, so no string is made: first the one that followed the last time,
 * because a reporter writes its keys in the same order in every object, then those of the same length.
 */
export function jsonFields(known: readonly string[]): (input: JsonReader) => number {
  const longest = Math.max(...known.map(name => name.length));
  const byLength: Candidate[][] = Array.from({ length: longest + 1 }, () => []);
  const tokens = known.map(name => new TextEncoder().encode(`"${name}":`));
  known.forEach((name, index) => {
    byLength[name.length]!.push({ index, bytes: new TextEncoder().encode(name) });
  });
  /** What came after each key the last time it was there. */
  const after = new Int32Array(known.length);
  let previous = 0;

  return function readField(input: JsonReader): number {
    if (input.peek() !== QUOTE) input.malformed();
    const likely = after[previous]!;
    const token = tokens[likely]!;
    const { bytes, pos } = input;
    let matching = 1;
    while (matching < token.length && bytes[pos + matching] === token[matching]) matching++;
    if (matching === token.length) {
      input.pos = pos + matching;
      previous = likely;
      return likely;
    }
    const index = readOther(input);
    if (index >= 0) {
      after[previous] = index;
      previous = index;
    }
    return index;
  };

  function readOther(input: JsonReader): number {
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
  }
}
