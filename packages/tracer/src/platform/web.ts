/**
 * Browsers and unknown run-times: they have no asynchronous context, so a scope lasts for the synchronous part of a call.
 * Pass `parent` explicitly after an `await`.
 */
import type { TraceContext } from '../trace-context.ts';
import type { ContextStorage } from './platform.ts';

let current: TraceContext | undefined;

export const contextStorage: ContextStorage = {
  getStore: () => current,
  run(store, fn, ...args) {
    const previous = current;
    current = store;
    try {
      return fn(...args);
    } finally {
      current = previous;
    }
  },
  enterWith(store) {
    current = store;
  },
};

/** Fills `bytes` (at most 65,536) from the platform's random source. */
export function fillRandom(bytes: Uint8Array<ArrayBuffer>): void {
  crypto.getRandomValues(bytes);
}

/** Lower hex of `bytes`. */
export function toHex(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += (byte < 16 ? '0' : '') + byte.toString(16);
  return hex;
}

const encoder = new TextEncoder();

/** Writes `text` as UTF-8 at `position`; it must fit. Returns the position after it. */
export function writeUtf8(text: string, into: Uint8Array<ArrayBuffer>, position: number): number {
  return position + encoder.encodeInto(text, into.subarray(position)).written;
}

/** Bytes that {@link writeUtf8} can write to, with any content. */
export function newBytes(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(length);
}

/** Length of `text` in UTF-8. */
export function utf8Length(text: string): number {
  return encoder.encode(text).length;
}
