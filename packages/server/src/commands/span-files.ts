import { gunzipSync } from 'node:zlib';
import { decodeSpans, detectFormat } from '@tracekin/codec';
import { type Span, TracekinError } from '@tracekin/model';

/** Gunzipped, this is the most that is read from one file. */
const MAX_BYTES = 1024 ** 3;

/**
 * The spans of a file in whatever form people have them: any message format, gzipped or not; a list of traces as
 * `/api/v2/traces` answers it; one span; or a span, a list or a trace on each line.
 *
 * @throws TracekinError `invalid-argument` naming the file and what is wrong
 */
export function readSpans(file: Uint8Array, name: string): Span[] {
  try {
    const bytes = file[0] === 0x1f && file[1] === 0x8b ? gunzipSync(file, { maxOutputLength: MAX_BYTES }) : file;
    const text = leadingJson(bytes);
    return text === undefined ? decodeSpans(bytes, detectFormat(bytes)) : readJson(text);
  } catch (error) {
    const code = error instanceof TracekinError ? error.code : 'invalid-argument';
    throw new TracekinError(code, `${name}: ${(error as Error).message}`, { cause: error });
  }
}

/** The text of JSON that is not one message as it stands. */
function leadingJson(bytes: Uint8Array): string | undefined {
  let at = 0;
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) at = 3;
  while (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === 0x0a || bytes[at] === 0x0d) at++;
  return bytes[at] === 0x5b || bytes[at] === 0x7b ? Buffer.from(bytes.subarray(at)).toString('utf8') : undefined;
}

function readJson(text: string): Span[] {
  const parsed = tryParse(text);
  if (parsed !== undefined) return spansOf(parsed);
  return text
    .split('\n')
    .filter(line => line.trim() !== '')
    .flatMap((line, index) => {
      const value = tryParse(line);
      if (value === undefined) throw new TracekinError('invalid-argument', `line ${index + 1} is not JSON`);
      return spansOf(value);
    });
}

function spansOf(value: unknown): Span[] {
  if (Array.isArray(value)) {
    if (value.some(Array.isArray)) return value.flatMap(spansOf);
    return value.length === 0 ? [] : decodeText(JSON.stringify(value));
  }
  const single = typeof value === 'object' && value !== null && 'traceId' in value;
  return decodeText(JSON.stringify(single ? [value] : value));
}

function decodeText(json: string): Span[] {
  const bytes = Buffer.from(json);
  return decodeSpans(bytes, detectFormat(bytes));
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
