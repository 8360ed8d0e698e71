import { type Endpoint, normalizeMicros } from '@tracekin/model';
import { hexOfEight, hexOfSixteen, isZero } from './hex-bytes.ts';
import { refuse } from './refuse.ts';
import type { ThriftEndpointReader } from './thrift-endpoint.ts';
import {
  ANNOTATIONS,
  BINARY_ANNOTATIONS,
  BOOL_VALUE,
  DEBUG,
  DURATION,
  ID,
  NAME,
  PARENT_ID,
  STRING_VALUE,
  TIMESTAMP,
  TRACE_ID,
  TRACE_ID_HIGH,
} from './thrift-fields.ts';
import { I32, I64, STRING, STRUCT, thriftField } from './thrift-reader.ts';
import type { V1Annotation, V1BinaryAnnotation, V1Span } from './v1-span.ts';

const AT = thriftField(I64, 1);
const VALUE = thriftField(STRING, 2);
const HOST = thriftField(STRUCT, 3);
const TAG_KEY = thriftField(STRING, 1);
const TAG_VALUE = thriftField(STRING, 2);
const TAG_TYPE = thriftField(I32, 3);
const TAG_HOST = thriftField(STRUCT, 4);

/**
 * Any v1 span. Of the binary annotations only strings and true addresses are kept; incomplete annotations are dropped
 * (zipkin.md 7.4).
 */
export function readThriftV1Span(input: ThriftEndpointReader): V1Span {
  let low = -1;
  let high = -1;
  let parentId: string | undefined;
  let id: string | undefined;
  let name: string | undefined;
  let timestamp: number | undefined;
  let duration: number | undefined;
  let debug = false;
  const annotations: V1Annotation[] = [];
  const binaryAnnotations: V1BinaryAnnotation[] = [];
  for (let key = input.field(); key !== 0; key = input.field()) {
    if (key === TRACE_ID) low = input.take(8);
    else if (key === TRACE_ID_HIGH) high = input.take(8);
    else if (key === ID) id = thriftSpanId(input.bytes, input.take(8));
    else if (key === PARENT_ID) parentId = thriftSpanId(input.bytes, input.take(8));
    else if (key === NAME) name = input.name();
    else if (key === TIMESTAMP) timestamp = normalizeMicros('timestamp', input.int64('timestamp'));
    else if (key === DURATION) duration = normalizeMicros('duration', input.int64('duration'));
    else if (key === DEBUG) debug = input.byte() === 1;
    else if (key === ANNOTATIONS) {
      for (let left = input.listLength(); left > 0; left--) readAnnotation(input, annotations);
    } else if (key === BINARY_ANNOTATIONS) {
      for (let left = input.listLength(); left > 0; left--) readBinaryAnnotation(input, binaryAnnotations);
    } else input.skip(key >> 16);
  }
  const traceId = thriftTraceId(input.bytes, high, low);
  if (traceId === undefined) refuse('traceId == 0');
  if (id === undefined) refuse('id == 0');
  return { traceId, parentId, id, name, timestamp, duration, annotations, binaryAnnotations, debug };
}

/** Sixteen hex characters of the eight bytes at `at`, or undefined for zero. */
export function thriftSpanId(bytes: Uint8Array, at: number): string | undefined {
  return isZero(bytes, at, at + 8) ? undefined : hexOfEight(bytes, at);
}

/** A trace id from where its halves are, -1 for one that is missing. Undefined when the low half is zero. */
export function thriftTraceId(bytes: Uint8Array, high: number, low: number): string | undefined {
  if (low < 0 || isZero(bytes, low, low + 8)) return undefined;
  return high < 0 || isZero(bytes, high, high + 8) ? hexOfEight(bytes, low) : hexOfSixteen(bytes, high, low);
}

function readAnnotation(input: ThriftEndpointReader, out: V1Annotation[]): void {
  let timestamp = 0;
  let value: string | undefined;
  let endpoint: Endpoint | undefined;
  for (let key = input.field(); key !== 0; key = input.field()) {
    if (key === AT) timestamp = input.int64('annotation.timestamp');
    else if (key === VALUE) value = input.text();
    else if (key === HOST) endpoint = input.endpoint();
    else input.skip(key >> 16);
  }
  if (timestamp > 0 && value !== undefined) out.push({ timestamp, value, endpoint });
}

function readBinaryAnnotation(input: ThriftEndpointReader, out: V1BinaryAnnotation[]): void {
  let key: string | undefined;
  let value: string | undefined;
  let type = -1;
  let endpoint: Endpoint | undefined;
  for (let at = input.field(); at !== 0; at = input.field()) {
    if (at === TAG_KEY) key = input.text();
    else if (at === TAG_VALUE) value = input.text();
    else if (at === TAG_TYPE) type = input.int32();
    else if (at === TAG_HOST) endpoint = input.endpoint();
    else input.skip(at >> 16);
  }
  if (key === undefined || value === undefined) return;
  if (type === STRING_VALUE) out.push({ key, value, endpoint });
  else if (type === BOOL_VALUE && value === '\u0001' && endpoint !== undefined && isAddress(key))
    out.push({ key, value: undefined, endpoint });
}

function isAddress(key: string): boolean {
  return key === 'sa' || key === 'ca' || key === 'ma';
}
