import { encodeSpanJsonV2, encodeSpans } from '@tracekin/codec';
import { type Span as ModelSpan, TracekinError } from '@tracekin/model';
import type { SpanData } from '../span-data.ts';

/** The encodings a tracer can report in. `thrift` is for servers of before 2017. */
export type ReportFormat = 'json-v2' | 'json-v1' | 'proto3' | 'thrift';

/** How spans become a message: each is encoded when it finishes and appended to the message under way. */
export interface SpanEncoder {
  readonly contentType: string;
  /** Path on a Zipkin server. */
  readonly path: string;
  /** Bytes before the first span. */
  readonly headerBytes: number;
  /** Bytes after every span. */
  readonly separatorBytes: number;
  /** One span, without what joins it to others. */
  encode(span: SpanData): string | Uint8Array;
  /** Makes a message of `spans` spans in `bytes[0, end)`: fills in the header and what separates them. */
  seal(bytes: Uint8Array, end: number, spans: number): void;
}

/** TBinary list header: element type (struct) and a 32-bit count. */
const THRIFT_LIST_HEADER_BYTES = 5;
const THRIFT_STRUCT = 12;
const COMMA = 0x2c;
const OPEN = 0x5b;
const CLOSE = 0x5d;

const text = new TextDecoder();

const json = {
  contentType: 'application/json',
  headerBytes: 1,
  separatorBytes: 1,
  seal(bytes: Uint8Array, end: number): void {
    bytes[0] = OPEN;
    // the separator after the last span
    bytes[end - 1] = CLOSE;
  },
};

/** Rows for every format. */
const SPAN_ENCODERS: Readonly<Record<ReportFormat, SpanEncoder>> = {
  'json-v2': { ...json, path: '/api/v2/spans', encode: span => encodeSpanJsonV2(span as ModelSpan) },
  'json-v1': {
    ...json,
    path: '/api/v1/spans',
    encode: span => text.decode(encodeSpans([span as ModelSpan], 'json-v1').subarray(1, -1)),
  },
  proto3: {
    contentType: 'application/x-protobuf',
    path: '/api/v2/spans',
    headerBytes: 0,
    separatorBytes: 0,
    // Lists of one, concatenated, are one list: a repeated field may come in pieces.
    encode: span => encodeSpans([span as ModelSpan], 'proto3'),
    seal() {},
  },
  thrift: {
    contentType: 'application/x-thrift',
    path: '/api/v1/spans',
    headerBytes: THRIFT_LIST_HEADER_BYTES,
    separatorBytes: 0,
    encode: span => encodeSpans([span as ModelSpan], 'thrift').subarray(THRIFT_LIST_HEADER_BYTES),
    seal(bytes, _end, spans) {
      bytes[0] = THRIFT_STRUCT;
      new DataView(bytes.buffer, bytes.byteOffset).setInt32(1, spans);
    },
  },
};

/** The byte between spans, where there is one. */
export const SEPARATOR: number = COMMA;

/** The encoder of a format; refuses unknown ones with code `invalid-configuration`. */
export function spanEncoder(format: ReportFormat): SpanEncoder {
  const encoder = Object.hasOwn(SPAN_ENCODERS, format) ? SPAN_ENCODERS[format] : undefined;
  if (encoder !== undefined) return encoder;
  const known = Object.keys(SPAN_ENCODERS).join(', ');
  throw new TracekinError('invalid-configuration', `unknown encoding "${format}", known: ${known}`);
}
