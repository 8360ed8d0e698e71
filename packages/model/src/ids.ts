import { TracekinError } from './error.ts';

const ZEROS = '00000000000000000000000000000000';

/**
 * Checks that every character is lower hex and returns how many zeros the text starts with. Char codes rather than a
 * regular expression: this runs three times for every span that arrives and allocates nothing.
 */
function countLeadingZeros(text: string): number {
  let zeros = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 48) {
      if (zeros === i) zeros++;
    } else if (!((code > 48 && code <= 57) || (code >= 97 && code <= 102))) {
      throw new TracekinError('invalid-argument', `${text} should be lower-hex encoded with no prefix`);
    }
  }
  return zeros;
}

/**
 * A trace id as it is stored: 16 or 32 lower-hex characters. Shorter ones are padded with zeros on the left, and 32
 * characters whose left half is zeros become the right half, so that each id has one form. A normal id is returned as it is.
 *
 * Throws `invalid-argument` with Zipkin's texts: empty, longer than 32, not lower hex (upper case is refused too), all
 * zeros. zipkin.md 7.1, 1.3.
 */
export function normalizeTraceId(traceId: string): string {
  const length = traceId.length;
  if (length === 0) throw new TracekinError('invalid-argument', 'traceId is empty');
  if (length > 32) throw new TracekinError('invalid-argument', 'traceId.length > 32');
  const zeros = countLeadingZeros(traceId);
  if (zeros === length) throw new TracekinError('invalid-argument', 'traceId is all zeros');
  if (length === 16) return traceId;
  if (length < 16) return ZEROS.slice(length, 16) + traceId;
  // Significant digits decide, so that padding 17 to 31 characters cannot make a second form of a 64-bit id.
  if (length - zeros <= 16) return traceId.slice(-16);
  return length === 32 ? traceId : ZEROS.slice(length) + traceId;
}

/**
 * A span id as it is stored: 16 lower-hex characters, padded with zeros on the left. A normal id is returned as it is.
 *
 * Throws `invalid-argument`: empty, longer than 16, not lower hex, zeros. Zipkin refuses 16 zeros only (zipkin.md 7.1) and
 * pads fewer to an id that it then refuses to read; here every id that is accepted can be written and read again.
 */
export function normalizeSpanId(id: string): string {
  const length = id.length;
  if (length === 0) throw new TracekinError('invalid-argument', 'id is empty');
  if (length > 16) throw new TracekinError('invalid-argument', 'id.length > 16');
  const zeros = countLeadingZeros(id);
  if (zeros === length) throw new TracekinError('invalid-argument', 'id is all zeros');
  return length === 16 ? id : ZEROS.slice(length, 16) + id;
}

/**
 * A parent id as it is stored, or undefined for a root: zeros mean "no parent", and so does the span's own id.
 *
 * `id` is normalised already. Throws `invalid-argument` as `normalizeSpanId`, with `parentId` in the text.
 */
export function normalizeParentId(parentId: string, id: string): string | undefined {
  const length = parentId.length;
  if (length === 0) throw new TracekinError('invalid-argument', 'parentId is empty');
  if (length > 16) throw new TracekinError('invalid-argument', 'parentId.length > 16');
  if (countLeadingZeros(parentId) === length) return undefined;
  const normal = length === 16 ? parentId : ZEROS.slice(length, 16) + parentId;
  return normal === id ? undefined : normal;
}

/**
 * The right-most 16 characters of a normalised trace id: what 64-bit instrumentation knows of a 128-bit id. Non-strict
 * lookups and dependency links group by it.
 */
export function lowTraceId(traceId: string): string {
  return traceId.length === 16 ? traceId : traceId.slice(-16);
}
