import { normalizeSpanId } from '@tracekin/model';
import { refuse } from './refuse.ts';

/**
 * A span id of 1 to 16 lower-hex characters, padded. Unlike Zipkin, which lets fewer than 16 zeros pass and then writes an
 * id that it refuses to read, zeros of any length are refused: whatever is decoded can be encoded and decoded again.
 */
export function spanIdOf(text: string): string {
  const id = normalizeSpanId(text);
  if (id === '0000000000000000') refuse('id is all zeros');
  return id;
}
