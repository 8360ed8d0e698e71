/** Node, Deno, Bun and Workers: context follows asynchronous calls. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';
import type { TraceContext } from '../trace-context.ts';
import type { ContextStorage } from './platform.ts';

const storageKey = Symbol.for('tracekin.context-storage');
const shared = globalThis as { [storageKey]?: AsyncLocalStorage<TraceContext | undefined> };

/** One storage a process, also when two copies of the library are loaded. */
const storage: AsyncLocalStorage<TraceContext | undefined> = shared[storageKey] ?? new AsyncLocalStorage();
shared[storageKey] = storage;

export const contextStorage: ContextStorage = storage as ContextStorage;

/** Fills `bytes` from the operating system's random source. */
export function fillRandom(bytes: Uint8Array<ArrayBuffer>): void {
  randomFillSync(bytes);
}

/** Lower hex of `bytes`. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** Writes `text` as UTF-8 at `position`; it must fit. Returns the position after it. */
export function writeUtf8(text: string, into: Uint8Array<ArrayBuffer>, position: number): number {
  return position + (into as Buffer).write(text, position, 'utf8');
}

/** Bytes that {@link writeUtf8} can write to, with any content. */
export function newBytes(length: number): Uint8Array<ArrayBuffer> {
  return Buffer.allocUnsafeSlow(length);
}

/** Length of `text` in UTF-8. */
export function utf8Length(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}
