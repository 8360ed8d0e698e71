import { type Span, TracekinError } from '@tracekin/model';
import type { Format } from './format.ts';
import { encodeJsonV1 } from './json-v1-encode.ts';
import { encodeJsonV2 } from './json-v2-encode.ts';
import { encodeProto3 } from './proto3-encode.ts';
import { encodeThrift } from './thrift-encode.ts';

const utf8 = new TextEncoder();

type Encoder = (spans: readonly Span[]) => Uint8Array;

const ENCODERS: Partial<Record<Format, Encoder>> = {
  'json-v2': spans => utf8.encode(encodeJsonV2(spans)),
  'json-v1': spans => utf8.encode(encodeJsonV1(spans)),
  thrift: encodeThrift,
  proto3: encodeProto3,
};

/** A message of these spans; an empty list is a valid message. */
export function encodeSpans(spans: readonly Span[], format: Format): Uint8Array {
  const encode = ENCODERS[format];
  if (encode === undefined) throw new TracekinError('unsupported', `${format} cannot be encoded`);
  return encode(spans);
}
