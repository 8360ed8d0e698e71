/**
 * As much of an assembler for WebAssembly (core specification 2.0, section 5) as document-kernel.ts needs. Instructions are written as
 * expressions: operands first, as the stack wants them.
 */

/** Bytes of instructions that leave one value on the stack, or none. */
export type Code = readonly number[];

/** A function: `parameters` are i32; `locals` come behind them, numbered on. */
export interface WasmFunction {
  readonly name: string;
  readonly parameters: number;
  /** i32 locals, then v128 ones. */
  readonly locals: { readonly i32: number; readonly v128: number };
  /** Whether it returns an i32. */
  readonly returns: boolean;
  readonly body: Code;
}

const [i32Type, v128Type, nothing] = [0x7f, 0x7b, 0x40];

/** A module with one memory, exported as `memory`, of `pages` times 64 KiB. */
export function wasmModule(functions: readonly WasmFunction[], pages: number): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters, returns }) => [
    0x60,
    ...list(new Array<Code>(parameters).fill([i32Type])),
    ...list(returns ? [[i32Type]] : []),
  ]);
  const bodies = functions.map(({ locals, body }) => {
    const declared = list([
      [...unsigned(locals.i32), i32Type],
      [...unsigned(locals.v128), v128Type],
    ]);
    const code = [...declared, ...body, 0x0b];
    return [...unsigned(code.length), ...code];
  });
  const exported = functions.map(({ name }, index) => [...text(name), 0x00, ...unsigned(index)]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, list(types)),
    ...section(3, list(functions.map((_, index) => unsigned(index)))),
    ...section(5, list([[0x01, ...unsigned(pages), ...unsigned(pages)]])),
    ...section(7, list([[...text('memory'), 0x02, 0x00], ...exported])),
    ...section(10, list(bodies)),
  ]);
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

function list(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function text(name: string): Code {
  return list([...Buffer.from(name)].map(byte => [byte]));
}

/** LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const last = (rest === 0 && low < 0x40) || (rest === -1 && low >= 0x40);
    bytes.push(last ? low : low | 0x80);
    if (last) return bytes;
  }
}

type Binary = (left: Code, right: Code) => Code;
const binary =
  (...opcode: number[]): Binary =>
  (left, right) => [...left, ...right, ...opcode];
/** The prefix of vector instructions. */
const vector = (opcode: number): number[] => [0xfd, ...unsigned(opcode)];
/** Alignment 1, and a constant added to the address. */
const place = (offset: number): number[] => [0, ...unsigned(offset)];

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];
/** Repeats `body` until `again` is 0. */
export const doWhile = (body: Code, again: Code): Code => [0x03, nothing, ...body, ...again, 0x0d, 0x00, 0x0b];

interface I32 {
  readonly const: (value: number) => Code;
  readonly add: Binary;
  readonly sub: Binary;
  readonly shl: Binary;
  readonly shrU: Binary;
  readonly ltU: Binary;
  readonly load: (address: Code, offset?: number) => Code;
  readonly store: (address: Code, value: Code, offset?: number) => Code;
  readonly store8: (address: Code, value: Code, offset?: number) => Code;
}

export const i32: I32 = {
  const: value => [0x41, ...signed(value)],
  add: binary(0x6a),
  sub: binary(0x6b),
  shl: binary(0x74),
  shrU: binary(0x76),
  ltU: binary(0x49),
  load: (address, offset = 0) => [...address, 0x28, ...place(offset)],
  store: (address, value, offset = 0) => [...address, ...value, 0x36, ...place(offset)],
  store8: (address, value, offset = 0) => [...address, ...value, 0x3a, ...place(offset)],
};

interface V128 {
  readonly load: (address: Code, offset?: number) => Code;
  readonly store: (address: Code, value: Code, offset?: number) => Code;
  /** Sixteen bytes. */
  readonly const: (bytes: Iterable<number>) => Code;
  /** Bytes of both by number, those of `right` from 16 on. */
  readonly shuffle: (left: Code, right: Code, bytes: readonly number[]) => Code;
  /** Bytes of `table` by number. */
  readonly swizzle: (table: Code, numbers: Code) => Code;
  readonly not: (value: Code) => Code;
  readonly and: Binary;
  readonly or: Binary;
  readonly xor: Binary;
  /** Bits of `ones` where `mask` has ones, else those of `zeros`. */
  readonly select: (ones: Code, zeros: Code, mask: Code) => Code;
  readonly anyTrue: (value: Code) => Code;
}

export const v128: V128 = {
  load: (address, offset = 0) => [...address, ...vector(0x00), ...place(offset)],
  store: (address, value, offset = 0) => [...address, ...value, ...vector(0x0b), ...place(offset)],
  const: bytes => [...vector(0x0c), ...bytes],
  shuffle: (left, right, bytes) => [...left, ...right, ...vector(0x0d), ...bytes],
  swizzle: binary(...vector(0x0e)),
  not: value => [...value, ...vector(0x4d)],
  and: binary(...vector(0x4e)),
  or: binary(...vector(0x50)),
  xor: binary(...vector(0x51)),
  select: (ones, zeros, mask) => [...ones, ...zeros, ...mask, ...vector(0x52)],
  anyTrue: value => [...value, ...vector(0x53)],
};

interface I8x16 {
  readonly splat: (value: Code) => Code;
  readonly ltU: Binary;
  readonly eq: Binary;
  readonly shrU: Binary;
}

export const i8x16: I8x16 = {
  splat: value => [...value, ...vector(0x0f)],
  ltU: binary(...vector(0x26)),
  eq: binary(...vector(0x23)),
  shrU: binary(...vector(0x6d)),
};

interface I32x4 {
  readonly splat: (value: Code) => Code;
  readonly add: Binary;
  readonly ltS: Binary;
  readonly shl: Binary;
  readonly shrU: Binary;
}

export const i32x4: I32x4 = {
  splat: value => [...value, ...vector(0x11)],
  add: binary(...vector(0xae)),
  ltS: binary(...vector(0x39)),
  shl: binary(...vector(0xab)),
  shrU: binary(...vector(0xad)),
};
