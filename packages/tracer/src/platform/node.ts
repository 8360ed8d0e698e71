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
export function fillRandom(bytes: Uint8Array): void {
  randomFillSync(bytes);
}

/** Lower hex of `bytes`. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
