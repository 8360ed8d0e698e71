import { md5Lanes } from './md5-lanes.ts';
import { doWhile, get, i8x16, i32, set, v128, type WasmFunction, wasmModule } from './wasm.ts';

/** Bytes behind a source that may be read, and behind a target that may be written. */
export const overrun = 16;

const [pieces, pieceCount, target] = [0, 1, 2];
const [source, length, at] = [3, 4, 5];

/**
 * `gather(pieces, count, target)`: copies pieces of memory behind each other and returns the end. `pieces` has where each starts and
 * its bytes, two words each. At least one. Sixteen bytes at a time, so it reads and writes beyond the ends.
 */
const gather: WasmFunction = {
  name: 'gather',
  parameters: 3,
  locals: { i32: 3, v128: 0 },
  returns: true,
  body: [
    ...set(pieceCount, i32.add(get(pieces), i32.shl(get(pieceCount), i32.const(3)))),
    ...doWhile(
      [
        ...set(source, i32.load(get(pieces))),
        ...set(length, i32.load(get(pieces), 4)),
        ...set(at, i32.const(0)),
        ...doWhile(
          [
            ...v128.store(i32.add(get(target), get(at)), v128.load(i32.add(get(source), get(at)))),
            ...set(at, i32.add(get(at), i32.const(overrun))),
          ],
          i32.ltU(get(at), get(length)),
        ),
        ...set(target, i32.add(get(target), get(length))),
        ...set(pieces, i32.add(get(pieces), i32.const(8))),
      ],
      i32.ltU(get(pieces), get(pieceCount)),
    ),
    ...get(target),
  ],
};

const [from, to, found] = [0, 1, 2];

/** `controls(from, to)`: whether there is a control character or DEL. What is beyond the end, up to 16 bytes, is looked at too. */
const controls: WasmFunction = {
  name: 'controls',
  parameters: 2,
  locals: { i32: 0, v128: 1 },
  returns: true,
  body: [
    ...doWhile(
      [
        ...set(
          found,
          v128.or(
            get(found),
            v128.or(
              i8x16.ltU(v128.load(get(from)), i8x16.splat(i32.const(0x20))),
              i8x16.eq(v128.load(get(from)), i8x16.splat(i32.const(0x7f))),
            ),
          ),
        ),
        ...set(from, i32.add(get(from), i32.const(16))),
      ],
      i32.ltU(get(from), get(to)),
    ),
    ...v128.anyTrue(get(found)),
  ],
};

/** What JavaScript does a byte at a time, over one memory. All arguments are addresses in it, or bytes. */
export interface DocumentKernel {
  readonly memory: Uint8Array;
  gather(pieces: number, count: number, target: number): number;
  controls(from: number, to: number): number;
  md5(lengths: number, first: number, step: number, hex: number): void;
}

/** What of the platform's WebAssembly is used; neither Node's types nor the language's name it without those of a browser. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
  ) => { readonly exports: Omit<DocumentKernel, 'memory'> & { readonly memory: { readonly buffer: ArrayBuffer } } };
}

/** Undefined where the platform has no vectors in WebAssembly, or no WebAssembly. `pages` of 64 KiB. */
export function documentKernel(pages: number): DocumentKernel | undefined {
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly ?? {};
  try {
    const { memory, ...functions } = new Instance(new Module(wasmModule([gather, controls, md5Lanes], pages))).exports;
    return { ...functions, memory: new Uint8Array(memory.buffer) };
  } catch {
    return undefined;
  }
}
