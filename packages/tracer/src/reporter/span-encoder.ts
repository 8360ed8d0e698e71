import { encodeSpanJsonV2, encodeSpans } from '@tracekin/codec';
import { type Span as ModelSpan, TracekinError } from '@tracekin/model';
import type { SpanData } from '../span-data.ts';

/** The encodings a tracer can report in. `thrift` is for servers of before 2017. */
export type ReportFormat = 'json-v2' | 'json-v1' | 'proto3' | 'thrift';

/** One encoded span, to be joined with others. Text for the JSON formats. */
export type EncodedSpan = string | Uint8Array;

/** How spans become a message: each is encoded when it finishes, a message is put together when it is sent. */
export interface SpanEncoder {
  readonly contentType: string;
  /** Path on a Zipkin server. */
  readonly path: string;
  encode(span: SpanData): EncodedSpan;
  /** A whole message. */
  join(spans: readonly EncodedSpan[]): Uint8Array;
}

const text = new TextEncoder();
/** TBinary list header: element type (struct) and a 32-bit count. */
const THRIFT_LIST_HEADER_BYTES = 5;
const THRIFT_STRUCT = 12;

const joinJson = (spans: readonly EncodedSpan[]): Uint8Array => text.encode(`[${spans.join(',')}]`);

/** Rows for every format. */
const SPAN_ENCODERS: Readonly<Record<ReportFormat, SpanEncoder>> = {
  'json-v2': {
    contentType: 'application/json',
    path: '/api/v2/spans',
    encode: span => flat(encodeSpanJsonV2(span as ModelSpan)),
    join: joinJson,
  },
  'json-v1': {
    contentType: 'application/json',
    path: '/api/v1/spans',
    encode: span => new TextDecoder().decode(encodeSpans([span as ModelSpan], 'json-v1').slice(1, -1)),
    join: joinJson,
  },
  proto3: {
    contentType: 'application/x-protobuf',
    path: '/api/v2/spans',
    // Lists of one, concatenated, are one list: a repeated field may come in pieces.
    encode: span => encodeSpans([span as ModelSpan], 'proto3'),
    join: spans => concat(spans, 0),
  },
  thrift: {
    contentType: 'application/x-thrift',
    path: '/api/v1/spans',
    encode: span => encodeSpans([span as ModelSpan], 'thrift').slice(THRIFT_LIST_HEADER_BYTES),
    join: spans => {
      const message = concat(spans, THRIFT_LIST_HEADER_BYTES);
      message[0] = THRIFT_STRUCT;
      new DataView(message.buffer).setInt32(1, spans.length);
      return message;
    },
  },
};

/** The encoder of a format; refuses unknown ones with code `invalid-configuration`. */
export function spanEncoder(format: ReportFormat): SpanEncoder {
  const encoder = Object.hasOwn(SPAN_ENCODERS, format) ? SPAN_ENCODERS[format] : undefined;
  if (encoder !== undefined) return encoder;
  const known = Object.keys(SPAN_ENCODERS).join(', ');
  throw new TracekinError('invalid-configuration', `unknown encoding "${format}", known: ${known}`);
}

/** A string made by `+=` is a tree of its parts until somebody looks into it; as one piece it is smaller to keep queued. */
function flat(text: string): string {
  text.charCodeAt(0);
  return text;
}

function concat(spans: readonly EncodedSpan[], headerBytes: number): Uint8Array {
  let length = headerBytes;
  for (const span of spans) length += span.length;
  const message = new Uint8Array(length);
  let position = headerBytes;
  for (const span of spans) {
    message.set(span as Uint8Array, position);
    position += span.length;
  }
  return message;
}
