import { type Endpoint, normalizeEndpoint } from '@tracekin/model';
import { ByteRangeCache } from './byte-range-cache.ts';
import { jsonFields } from './json-fields.ts';
import { CLOSE_BRACE, type JsonReader, OPEN_BRACE } from './json-reader.ts';

const fieldOf = jsonFields(['serviceName', 'ipv4', 'ipv6', 'port']);

/** Endpoints by the bytes they were written in: a message names few, in every span. 256 entries of up to 192 bytes. */
const known = new ByteRangeCache<Endpoint>(256, 192);

/** The endpoint that was read last, with its bytes from brace to brace: mostly the next one too. */
let last: Endpoint | undefined;
let lastBytes = new Uint8Array(0);

/**
 * An endpoint object. Null members are absent, unknown ones skipped; one without known members is absent. Spans that name an
 * endpoint in the same bytes share one object.
 */
export function readJsonEndpoint(input: JsonReader, what: string): Endpoint | undefined {
  if (input.peek() !== OPEN_BRACE) input.mismatch(what);
  const { bytes, pos: start, end } = input;
  if (last !== undefined && isAt(bytes, start, lastBytes)) {
    input.pos = start + lastBytes.length;
    return last;
  }
  // Reading the same bytes again would stop at the same place, so this is right even when a brace stands in a string.
  let close = start + 1;
  while (close < end && bytes[close] !== CLOSE_BRACE) close++;
  const endpoint = known.get(bytes, start, close);
  if (endpoint !== undefined) {
    input.pos = close + 1;
    if (close < end) {
      last = endpoint;
      lastBytes = bytes.slice(start, close + 1);
    }
    return endpoint;
  }
  const parsed = parse(input, what);
  if (parsed !== undefined && input.pos === close + 1) known.set(bytes, start, close, parsed);
  return parsed;
}

function isAt(bytes: Uint8Array, start: number, wanted: Uint8Array): boolean {
  for (let i = 0; i < wanted.length; i++) if (bytes[start + i] !== wanted[i]) return false;
  return true;
}

function parse(input: JsonReader, what: string): Endpoint | undefined {
  let serviceName: string | undefined;
  let ipv4: string | undefined;
  let ipv6: string | undefined;
  let port: number | undefined;
  input.expect(OPEN_BRACE, what);
  if (input.closes(CLOSE_BRACE)) return undefined;
  do {
    const field = fieldOf(input);
    if (field >= 0 && input.takeNull()) continue;
    if (field === 0) serviceName = input.text(what);
    else if (field === 1) ipv4 = input.text(what);
    else if (field === 2) ipv6 = input.text(what);
    else if (field === 3) port = input.integer(what);
    else input.skipValue();
  } while (input.another(CLOSE_BRACE));
  return normalizeEndpoint({ serviceName, ipv4, ipv6, port });
}
