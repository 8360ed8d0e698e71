import type { Format } from './format.ts';
import { refuse } from './refuse.ts';

const V2_HINTS = ['Endpoint"', '"tags"'].map(text => new TextEncoder().encode(text));
const OTLP_HINT = new TextEncoder().encode('"resourceSpans"');

/**
 * Which encoding a message has, by its content (zipkin.md 2.1). Thrift begins with a small type number; proto3 also may
 * begin with 10, but then with a length where thrift has 0. JSON is v2 when it mentions an endpoint field or tags,
 * which v1 has not. OTLP JSON is known by `resourceSpans`; OTLP protobuf looks like proto3 and is never detected.
 *
 * Throws `invalid-argument` for a single span (`{`), for anything else, and for an empty message.
 */
export function detectFormat(bytes: Uint8Array): Format {
  const first = bytes[0];
  if (first === undefined) refuse('Empty message: could not detect the span format');
  if (first <= 16) {
    if (first === 0x0a && bytes.length > 1 && bytes[1] !== 0) return 'proto3';
    if (first === 11 || first === 12) return 'thrift';
    refuse('Expected json, proto3 or thrift list encoding');
  }
  if (first === 0x5b) return hasV2Fields(bytes) ? 'json-v2' : 'json-v1';
  if (first === 0x7b) {
    if (includes(bytes, OTLP_HINT)) return 'otlp-json';
    refuse('Expected json, proto3 or thrift list encoding');
  }
  return refuse('Could not detect the span format');
}

const ZIPKIN_NAMES: Readonly<Record<Format, string>> = {
  'json-v2': 'JSON_V2',
  'json-v1': 'JSON_V1',
  thrift: 'THRIFT',
  proto3: 'PROTO3',
  'otlp-proto': 'OTLP',
  'otlp-json': 'OTLP',
};

const V1_HINT = new TextEncoder().encode('yAnnotations"');

/**
 * Refuses a body that is not the list the sender's path and content type promise, with the text of Zipkin's HTTP collector
 * (zipkin.md 1.5): something else than a list, or JSON of the other version. Looks at content only as far as that, so
 * a v2 span without endpoints and tags passes as either. OTLP is not checked.
 */
export function checkFormat(bytes: Uint8Array, expected: Format): void {
  if (expected === 'otlp-proto' || expected === 'otlp-json') return;
  const first = bytes[0];
  const isList =
    first === 0x5b || first === 11 || first === 12 || (first === 0x0a && (bytes[1] !== 0 || expected === 'thrift'));
  if (!isList) refuse(`Expected a ${ZIPKIN_NAMES[expected]} encoded list\n`);
  let received: Format | undefined;
  if (expected === 'json-v2' && includes(bytes, V1_HINT)) received = 'json-v1';
  if (expected === 'json-v1' && hasV2Fields(bytes)) received = 'json-v2';
  if (received !== undefined)
    refuse(`Expected a ${ZIPKIN_NAMES[expected]} encoded list, but received: ${ZIPKIN_NAMES[received]}\n`);
}

/** Whether JSON mentions a field that only v2 spans have. */
export function hasV2Fields(bytes: Uint8Array): boolean {
  return V2_HINTS.some(hint => includes(bytes, hint));
}

function includes(bytes: Uint8Array, wanted: Uint8Array): boolean {
  const first = wanted[0]!;
  const last = bytes.length - wanted.length;
  for (let at = bytes.indexOf(first); at >= 0 && at <= last; at = bytes.indexOf(first, at + 1)) {
    let i = 1;
    while (i < wanted.length && bytes[at + i] === wanted[i]) i++;
    if (i === wanted.length) return true;
  }
  return false;
}
