import { fillRandom, toHex } from '#platform';

/** Ids made by one call for random bytes. A slice keeps the pool's hex string (4 KB) alive, hence no larger. */
const POOL_IDS = 256;
const ID_BYTES = 8;
const ID_CHARS = ID_BYTES * 2;
const ZERO_ID = '0'.repeat(ID_CHARS);

const bytes = new Uint8Array(POOL_IDS * ID_BYTES);
let hex = '';
let position = 0;

/** A random 64-bit id, never zero: 16 lower-hex characters. */
export function newSpanId(): string {
  if (position === hex.length) refill();
  const id = hex.slice(position, position + ID_CHARS);
  position += ID_CHARS;
  return id === ZERO_ID ? newSpanId() : id;
}

function refill(): void {
  fillRandom(bytes);
  hex = toHex(bytes);
  position = 0;
}

/** How `Tracer` makes trace ids. */
export interface TraceIdOptions {
  /** 128 (default) is what W3C and X-Ray need; 64 is half as long. */
  readonly bits?: 64 | 128 | undefined;
  /** Put the epoch second into the first 8 characters of a 128-bit id, as X-Ray requires. */
  readonly epochPrefix?: boolean | undefined;
}

/** A random trace id: 16 or 32 lower-hex characters. The last 16 are random whatever the options. */
export function newTraceId(bits: 64 | 128, epochPrefix: boolean): string {
  if (bits === 64) return newSpanId();
  if (!epochPrefix) return newSpanId() + newSpanId();
  const seconds = Math.floor(Date.now() / 1000)
    .toString(16)
    .padStart(8, '0');
  return seconds + newSpanId().slice(8) + newSpanId();
}
