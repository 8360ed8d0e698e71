import type { Kind } from '@tracekin/model';

/** The `flags` column: kind in the low three bits (0: absent), then single bits. */
export const KIND_MASK = 0b111;
export const SHARED: number = 1 << 3;
export const DEBUG: number = 1 << 4;
/** The trace id has 32 characters. */
export const LONG_TRACE_ID: number = 1 << 5;
/** Has a tag with the key `error`; saves dependency links from reading tags. */
export const ERROR: number = 1 << 6;

const KINDS: readonly (Kind | undefined)[] = [undefined, 'CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'];

export function kindBits(kind: Kind | undefined): number {
  switch (kind) {
    case undefined:
      return 0;
    case 'CLIENT':
      return 1;
    case 'SERVER':
      return 2;
    case 'PRODUCER':
      return 3;
    case 'CONSUMER':
      return 4;
    default:
      return kind satisfies never;
  }
}

export function kindOf(flags: number): Kind | undefined {
  return KINDS[flags & KIND_MASK];
}
