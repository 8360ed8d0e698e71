import type { Span } from '@tracekin/model';
import type { DecodeLimits, Format } from './format.ts';
import { decodeJsonV1 } from './json-v1-decode.ts';
import { decodeJsonV2, decodeRawJsonV2 } from './json-v2-decode.ts';
import { withDefaults } from './limits.ts';
import { decodeWholeOtlp } from './otlp-decode.ts';
import { plainBytes } from './plain-bytes.ts';
import { decodeProto3 } from './proto3-decode.ts';
import { decodeThrift } from './quirks.ts';

type Decoder = (bytes: Uint8Array, limits: DecodeLimits) => Span[];

const DECODERS: Readonly<Record<Format, Decoder>> = {
  'json-v2': decodeJsonV2,
  'json-v1': decodeJsonV1,
  thrift: decodeThrift,
  proto3: decodeProto3,
  'otlp-proto': (bytes, limits) => decodeWholeOtlp('otlp-proto', bytes, limits),
  'otlp-json': (bytes, limits) => decodeWholeOtlp('otlp-json', bytes, limits),
};

/**
 * The spans of a message, normalised. An empty message has none. Throws `invalid-argument` with Zipkin's text for what
 * cannot be read, `too-large` beyond the limits; nothing else, for any bytes.
 */
export function decodeSpans(bytes: Uint8Array, format: Format, limits?: Partial<DecodeLimits>): Span[] {
  if (bytes.length === 0) return [];
  return DECODERS[format](plainBytes(bytes), withDefaults(limits));
}

/**
 * The same for a reader that wants `RawSpan`s where the format has them (`json-v2`): for storages that make columns of spans
 * at once. They keep `bytes`, which must not change afterwards.
 */
export function decodeRawSpans(bytes: Uint8Array, format: Format, limits?: Partial<DecodeLimits>): Span[] {
  if (format !== 'json-v2' || bytes.length === 0) return decodeSpans(bytes, format, limits);
  return decodeRawJsonV2(plainBytes(bytes), withDefaults(limits));
}
