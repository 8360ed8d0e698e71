import type { Span } from '@tracekin/model';
import type { Format } from './format.ts';
import { encodeJsonV1 } from './json-v1-encode.ts';
import { encodeJsonV2 } from './json-v2-encode.ts';
import { encodeOtlpJson } from './otlp-json-encode.ts';
import { encodeOtlpProto } from './otlp-proto-encode.ts';
import { encodeProto3 } from './proto3-encode.ts';
import { encodeThrift } from './thrift-encode.ts';

const utf8 = new TextEncoder();

type Encoder = (spans: readonly Span[]) => Uint8Array;

const ENCODERS: Readonly<Record<Format, Encoder>> = {
  'json-v2': spans => utf8.encode(encodeJsonV2(spans)),
  'json-v1': spans => utf8.encode(encodeJsonV1(spans)),
  thrift: encodeThrift,
  proto3: encodeProto3,
  'otlp-proto': encodeOtlpProto,
  'otlp-json': spans => utf8.encode(encodeOtlpJson(spans)),
};

/** A message of these spans; an empty list is a valid message. */
export function encodeSpans(spans: readonly Span[], format: Format): Uint8Array {
  return ENCODERS[format](spans);
}
