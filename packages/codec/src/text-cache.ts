import { normalizeName } from '@tracekin/model';
import { ByteRangeCache } from './byte-range-cache.ts';
import { textFromBytes } from './text-from-bytes.ts';

/** 4096 entries of up to 64 bytes: tag keys and values, annotation values. Longer texts are seldom repeated. */
const texts = new ByteRangeCache<string>(4096, 64);

/** Service and span names in lower case. */
const names = new ByteRangeCache<string>(1024, 96);

/** UTF-8 to a string; one string for equal bytes where they recur. */
export function cachedText(bytes: Uint8Array, start: number, end: number): string {
  let text = texts.get(bytes, start, end);
  if (text === undefined) {
    text = textFromBytes(bytes, start, end);
    texts.set(bytes, start, end, text);
  }
  return text;
}

/** UTF-8 to a service or span name: lower case, `undefined` when empty (zipkin.md 7.1). */
export function cachedName(bytes: Uint8Array, start: number, end: number): string | undefined {
  let name = names.get(bytes, start, end);
  if (name === undefined) {
    name = normalizeName(textFromBytes(bytes, start, end));
    if (name !== undefined) names.set(bytes, start, end, name);
  }
  return name;
}
