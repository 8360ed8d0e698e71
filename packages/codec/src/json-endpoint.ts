import { type Endpoint, normalizeEndpoint } from '@tracekin/model';
import { ByteRangeCache } from './byte-range-cache.ts';
import { jsonFields } from './json-fields.ts';
import { CLOSE_BRACE, type JsonReader, OPEN_BRACE } from './json-reader.ts';

const fieldOf = jsonFields(['serviceName', 'ipv4', 'ipv6', 'port']);

/** Endpoints by the bytes they were written in: a message names few, in every span. 256 entries of up to 192 bytes. */
const known = new ByteRangeCache<Endpoint>(256, 192);

/**
 * An endpoint object. Null members are absent, unknown ones skipped; one without known members is absent. Spans that name an
 * endpoint in the same bytes share one object.
 */
export function readJsonEndpoint(input: JsonReader, what: string): Endpoint | undefined {
  if (input.peek() !== OPEN_BRACE) input.mismatch(what);
  const { bytes, pos: start, end } = input;
  // Reading the same bytes again would stop at the same place, so this is right even when a brace stands in a string.
  let close = start + 1;
  while (close < end && bytes[close] !== CLOSE_BRACE) close++;
  const endpoint = known.get(bytes, start, close);
  if (endpoint !== undefined) {
    input.pos = close + 1;
    return endpoint;
  }
  const parsed = parse(input, what);
  if (parsed !== undefined && input.pos === close + 1) known.set(bytes, start, close, parsed);
  return parsed;
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
