import { type Code, doWhile, get, i8x16, i32, i32x4, set, v128, type WasmFunction } from './wasm.ts';

/** Texts that are hashed at once, one in each lane of a vector. */
export const lanes = 4;
/** Bytes that may be written behind a text. */
export const paddingBytes = 96;
const digestBytes = 16;
const hexBytes = 2 * digestBytes;

/** RFC 1321: how far each step rotates, four steps a round. */
const rotations = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;
const sines = Array.from({ length: 64 }, (_, step) => Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32) | 0);
const start = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476].map(word => word | 0);

// Locals: four parameters, i32, v128.
const [texts, firstText, textStep, hex] = [0, 1, 2, 3];
const [block, most, text, end] = [4, 5, 6, 7];
const words = 8;
const [a, b, c, d] = [words + 16, words + 17, words + 18, words + 19];
const [blocks, active] = [words + 20, words + 21];
const saved = words + 22;
const spare = words + 26;

const splat = (word: number): Code => v128.const(new Uint8Array(Int32Array.of(word, word, word, word).buffer));
const zero = splat(0);

const word = (number: number): number[] => [0, 1, 2, 3].map(byte => 4 * number + byte);
const lowWords = [0, 4, 1, 5].flatMap(word);
const highWords = [2, 6, 3, 7].flatMap(word);
const lowHalves = [0, 1, 4, 5].flatMap(word);
const highHalves = [2, 3, 6, 7].flatMap(word);

/**
 * `md5(texts, first, step, hex)`: the MD5 digests of `lanes` texts, as hexadecimal digits behind each other at `hex`. MD5 has a single chain of
 * dependent steps, so that a processor does four in little more time than one. `texts` has the length of each text in bytes (a word each; there may be
 * texts of none); the texts stand at `first`, `first + step`... and have `paddingBytes` free behind them.
 */
export const md5Lanes: WasmFunction = {
  name: 'md5',
  parameters: 4,
  locals: { i32: 4, v128: 22 + 4 + 4 },
  returns: false,
  body: [
    ...set(most, i32.const(0)),
    ...Array.from({ length: lanes }, (_, lane) => pad(lane)).flat(),
    ...set(blocks, v128.load(get(texts))),
    // In `texts` stand the numbers of blocks now.
    ...[a, b, c, d].flatMap((local, word) => set(local, splat(start[word]!))),
    ...set(block, i32.const(0)),
    ...doWhile(
      [
        ...set(active, i32x4.ltS(i32x4.splat(get(block)), get(blocks))),
        ...Array.from({ length: 4 }, (_, quarter) => loadWords(quarter)).flat(),
        ...[a, b, c, d].flatMap((local, word) => set(saved + word, get(local))),
        ...Array.from({ length: 64 }, (_, step) => hashStep(step)).flat(),
        // A text that has ended keeps its state.
        ...[a, b, c, d].flatMap((local, word) =>
          set(local, v128.select(i32x4.add(get(local), get(saved + word)), get(saved + word), get(active))),
        ),
        ...set(block, i32.add(get(block), i32.const(1))),
      ],
      i32.ltU(get(block), get(most)),
    ),
    ...transpose([a, b, c, d].map(get), [a, b, c, d]),
    ...[a, b, c, d].flatMap((local, lane) => writeHex(local, lane * hexBytes)),
  ],
};

/** Appends MD5's padding to a text: a one bit, zeros, and the length in bits; puts its number of blocks in the place of its length. */
function pad(lane: number): Code {
  const length = i32.load(get(texts), 4 * lane);
  return [
    ...set(text, i32.add(get(firstText), lane === 0 ? i32.const(0) : multiple(get(textStep), lane))),
    ...set(end, i32.add(get(text), length)),
    ...[0, 16, 32, 48, 64].flatMap(offset => v128.store(get(end), zero, offset)),
    ...i32.store8(get(end), i32.const(0x80)),
    // (length + 8) / 64 + 1 blocks; the length is their last but one word.
    ...set(end, i32.add(i32.shrU(i32.add(length, i32.const(8)), i32.const(6)), i32.const(1))),
    ...i32.store(
      i32.sub(i32.add(get(text), i32.shl(get(end), i32.const(6))), i32.const(8)),
      i32.shl(length, i32.const(3)),
    ),
    ...i32.store(get(texts), get(end), 4 * lane),
    ...set(most, larger(get(most), get(end))),
  ];
}

function multiple(value: Code, times: number): Code {
  return times === 1 ? value : i32.add(value, multiple(value, times - 1));
}

/** `select` of the untyped kind: the first when the condition holds. */
function larger(left: Code, right: Code): Code {
  return [...left, ...right, ...i32.ltU(right, left), 0x1b];
}

/** Four words of each text into four vectors of one word of all texts each. */
function loadWords(quarter: number): Code {
  const offset = i32.add(i32.shl(get(block), i32.const(6)), get(firstText));
  const rows = Array.from({ length: lanes }, (_, lane) =>
    v128.load(lane === 0 ? offset : i32.add(offset, multiple(get(textStep), lane)), 16 * quarter),
  );
  const into = words + 4 * quarter;
  return transpose(rows, [into, into + 1, into + 2, into + 3]);
}

/** Rows of four words into columns. */
function transpose(rows: readonly Code[], into: readonly number[]): Code {
  const [row0, row1, row2, row3] = rows as [Code, Code, Code, Code];
  return [
    ...set(spare, v128.shuffle(row0, row1, lowWords)),
    ...set(spare + 1, v128.shuffle(row0, row1, highWords)),
    ...set(spare + 2, v128.shuffle(row2, row3, lowWords)),
    ...set(spare + 3, v128.shuffle(row2, row3, highWords)),
    ...set(into[0]!, v128.shuffle(get(spare), get(spare + 2), lowHalves)),
    ...set(into[1]!, v128.shuffle(get(spare), get(spare + 2), highHalves)),
    ...set(into[2]!, v128.shuffle(get(spare + 1), get(spare + 3), lowHalves)),
    ...set(into[3]!, v128.shuffle(get(spare + 1), get(spare + 3), highHalves)),
  ];
}

function hashStep(step: number): Code {
  const round = step >> 4;
  // Instead of moving the four words on, each step takes them under other names.
  const at = (name: number): number => [a, b, c, d][(name + 64 - step) % 4]!;
  const [x, y, z] = [get(at(1)), get(at(2)), get(at(3))];
  const mixed = [
    v128.select(y, z, x),
    v128.select(x, y, z),
    v128.xor(v128.xor(x, y), z),
    v128.xor(y, v128.or(x, v128.not(z))),
  ][round]!;
  const message = [step, 5 * step + 1, 3 * step + 5, 7 * step][round]! % 16;
  const added = i32x4.add(i32x4.add(get(at(0)), i32x4.add(get(words + message), splat(sines[step]!))), mixed);
  const bits = rotations[round]![step % 4]!;
  return [
    ...set(spare, added),
    ...set(
      at(0),
      i32x4.add(x, v128.or(i32x4.shl(get(spare), i32.const(bits)), i32x4.shrU(get(spare), i32.const(32 - bits)))),
    ),
  ];
}

function writeHex(local: number, offset: number): Code {
  const digits = v128.const(Buffer.from('0123456789abcdef'));
  const high = v128.swizzle(digits, i8x16.shrU(get(local), i32.const(4)));
  const low = v128.swizzle(digits, v128.and(get(local), i8x16.splat(i32.const(15))));
  const pairs = (first: number): number[] => Array.from({ length: 16 }, (_, at) => first + (at >> 1) + 16 * (at & 1));
  return [
    ...v128.store(get(hex), v128.shuffle(high, low, pairs(0)), offset),
    ...v128.store(get(hex), v128.shuffle(high, low, pairs(8)), offset + 16),
  ];
}
