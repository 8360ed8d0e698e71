import { type Span, TracekinError } from '@tracekin/model';
import type { DecodeLimits, Format } from './format.ts';
import { decodeJsonV1 } from './json-v1-decode.ts';
import { decodeJsonV2 } from './json-v2-decode.ts';
import { decodeProto3 } from './proto3-decode.ts';
import { decodeThrift } from './quirks.ts';
import { withDefaults } from './limits.ts';

type Decoder = (bytes: Uint8Array, limits: DecodeLimits) => Span[];

const DECODERS: Partial<Record<Format, Decoder>> = {
  'json-v2': decodeJsonV2,
  'json-v1': decodeJsonV1,
  thrift: decodeThrift,
  proto3: decodeProto3,
};

/**
 * The spans of a message, normalised. An empty message has none. Throws `invalid-argument` with Zipkin's text for what
 * cannot be read, `too-large` beyond the limits; nothing else, for any bytes.
 */
export function decodeSpans(bytes: Uint8Array, format: Format, limits?: Partial<DecodeLimits>): Span[] {
  if (bytes.length === 0) return [];
  const decode = DECODERS[format];
  if (decode === undefined) throw new TracekinError('unsupported', `${format} cannot be decoded`);
  return decode(bytes, withDefaults(limits));
}
