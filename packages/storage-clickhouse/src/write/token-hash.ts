/**
 * Search terms are indexed by 32-bit hashes. A collision costs a look at spans that do not match, never a wrong answer:
 * every search tests the real columns afterwards. FNV-1a over UTF-8 bytes, finished with murmur3's mixer, because the table
 * sorts by the hash and FNV alone is poor in its high bits.
 */
export const TERM_SEED = {
  /** Key, separator, value of a tag. */
  tag: 0x811c9dc5,
  /** A tag's key or an annotation's value: what a bare word in an annotation query means. */
  word: 0x2f3b1a77,
  service: 0x51ed270b,
  name: 0x7a1d5e49,
  remote: 0x13c6ef37,
  serviceName: 0x6b43a9b5,
  serviceRemote: 0x39b1c2ad,
  /** A tag that is frequent in a bucket. */
  frequentTag: 0x2545f491,
  /** The same, of the spans of one service. */
  frequentTagOfService: 0x4f1bbcdc,
} as const;

export const HASH_PRIME = 0x01000193;

/** Between two parts of a term; a byte that UTF-8 text never holds. */
const SEPARATOR = 0xff;

export function hashText(seed: number, text: string): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return hashBytes(seed, Buffer.from(text, 'utf8'), 0);
    hash = Math.imul(hash ^ code, HASH_PRIME);
  }
  return hash;
}

export function hashBytes(seed: number, bytes: Uint8Array, start: number, end: number = bytes.length): number {
  let hash = seed;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, HASH_PRIME);
  return hash;
}

/** The state after a first part, from which the second goes on. */
export function hashSeparator(hash: number): number {
  return Math.imul(hash ^ SEPARATOR, HASH_PRIME);
}

/** The finished hash, 0 to 2^32 - 1. */
export function finishHash(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A term of one part: a service, a span name, a remote service, a word. */
export function termHash(seed: number, text: string): number {
  return finishHash(hashText(seed, text));
}

/** A term of two parts: a tag, or a service with a name. */
export function pairHash(seed: number, first: string, second: string): number {
  return finishHash(hashText(hashSeparator(hashText(seed, first)), second));
}

/** The term under which a tag that is frequent in a bucket is found. */
export function frequentTagHash(tag: number): number {
  return finishHash(tag ^ TERM_SEED.frequentTag);
}

/** The term under which it is found among the spans of a service; `service` is the service's own term. */
export function frequentTagOfServiceHash(tag: number, service: number): number {
  return finishHash(Math.imul(tag, HASH_PRIME) ^ service ^ TERM_SEED.frequentTagOfService);
}
