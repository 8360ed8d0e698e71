import type { Span } from '@tracekin/model';
import { ByteWriter } from './byte-writer.ts';
import type { Format } from './format.ts';
import { encodeSpanJsonV1 } from './json-v1-encode.ts';
import { encodeSpanJsonV2 } from './json-v2-encode.ts';
import { encodeSpanProto3 } from './proto3-encode.ts';
import { encodeSpanThrift, writeThriftListHeader } from './thrift-encode.ts';

/** Zipkin's encodings. OTLP groups spans by resource, so its spans cannot be encoded one at a time. */
export type SpanFormat = Exclude<Format, 'otlp-proto' | 'otlp-json'>;

const utf8 = new TextEncoder();

/** One span, to be joined with others by `encodeList`: reporters encode when a span ends and know its size in the queue. */
export function encodeSpan(span: Span, format: SpanFormat): Uint8Array {
  switch (format) {
    case 'json-v2':
      return utf8.encode(encodeSpanJsonV2(span));
    case 'json-v1':
      return utf8.encode(encodeSpanJsonV1(span));
    case 'proto3':
      return encodeSpanProto3(span);
    case 'thrift':
      return encodeSpanThrift(span);
    default:
      return format satisfies never;
  }
}

/** A message of spans that were encoded one by one in the same format. */
export function encodeList(encodedSpans: readonly Uint8Array[], format: SpanFormat): Uint8Array {
  const json = format === 'json-v2' || format === 'json-v1';
  let size = json ? 2 + Math.max(0, encodedSpans.length - 1) : format === 'thrift' ? 5 : 0;
  for (const span of encodedSpans) size += span.length;
  const out = new ByteWriter(size);
  if (json) out.byte(0x5b);
  else if (format === 'thrift') writeThriftListHeader(out, encodedSpans.length);
  encodedSpans.forEach((span, i) => {
    if (json && i > 0) out.byte(0x2c);
    out.raw(span);
  });
  if (json) out.byte(0x5d);
  return out.bytes;
}
