import { normalizeParentId, normalizeSpanId, normalizeTraceId } from '@tracekin/model';
import { LOWER_HEX, sixteenChars, thirtyTwoChars } from './hex-bytes.ts';
import { type JsonReader, QUOTE } from './json-reader.ts';

export function readTraceId(input: JsonReader): string {
  if (input.peek() === QUOTE) {
    const length = hexLength(input);
    const start = input.pos + 1;
    if (length === 16) {
      input.pos = start + 17;
      return sixteenChars(input.bytes, start);
    }
    if (length === 32) {
      input.pos = start + 33;
      return normalizeTraceId(thirtyTwoChars(input.bytes, start));
    }
  }
  return normalizeTraceId(input.text('.traceId'));
}

export function readSpanId(input: JsonReader): string {
  return sixteenDigits(input) ?? normalizeSpanId(input.text('.id'));
}

export function readParentId(input: JsonReader): string | undefined {
  return sixteenDigits(input) ?? normalizeParentId(input.text('.parentId'), '');
}

function sixteenDigits(input: JsonReader): string | undefined {
  if (input.peek() !== QUOTE || hexLength(input) !== 16) return undefined;
  const start = input.pos + 1;
  input.pos = start + 17;
  return sixteenChars(input.bytes, start);
}

/** How many lower-hex digits follow the quote at `pos`; 0 unless a quote closes them and one of them is not zero. */
function hexLength({ bytes, end, pos }: JsonReader): number {
  let p = pos + 1;
  let bits = 0;
  for (; p < end; p++) {
    const c = bytes[p]!;
    if (LOWER_HEX[c] === 0) break;
    bits |= c ^ 0x30;
  }
  return p < end && bytes[p] === QUOTE && bits !== 0 ? p - pos - 1 : 0;
}
