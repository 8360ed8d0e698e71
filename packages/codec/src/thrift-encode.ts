import { type Endpoint, ipToBytes, type Span } from '@tracekin/model';
import { ByteWriter } from './byte-writer.ts';
import { BOOL, I16, I32, I64, LIST, STOP, STRING, STRUCT } from './thrift-reader.ts';
import type { V1Span } from './v1-span.ts';
import { v2ToV1 } from './v2-to-v1.ts';

const writer = new ByteWriter();

/** A TBinary list of v1 spans. */
export function encodeThrift(spans: readonly Span[]): Uint8Array {
  writeThriftListHeader(writer, spans.length);
  for (const span of spans) writeSpan(writer, v2ToV1(span));
  return writer.take();
}

/** One v1 struct, to be put behind a list header. */
export function encodeSpanThrift(span: Span): Uint8Array {
  writeSpan(writer, v2ToV1(span));
  return writer.take();
}

export function writeThriftListHeader(out: ByteWriter, length: number): void {
  out.byte(STRUCT);
  out.int32(length);
}

function writeField(out: ByteWriter, type: number, id: number): void {
  out.reserve(3);
  out.byte(type);
  out.byte(0);
  out.byte(id);
}

function writeText(out: ByteWriter, id: number, text: string): void {
  writeField(out, STRING, id);
  const at = out.pos;
  out.int32(0);
  out.int32At(at, out.utf8(text));
}

function writeLong(out: ByteWriter, id: number, value: number): void {
  writeField(out, I64, id);
  out.int64(value);
}

function writeId(out: ByteWriter, id: number, hex: string): void {
  writeField(out, I64, id);
  out.hex(hex);
}

function writeSpan(out: ByteWriter, span: V1Span): void {
  const { traceId, annotations, binaryAnnotations } = span;
  if (traceId.length === 32) writeId(out, 12, traceId.slice(0, 16));
  writeId(out, 1, traceId.slice(-16));
  writeText(out, 3, span.name ?? '');
  writeId(out, 4, span.id);
  if (span.parentId !== undefined) writeId(out, 5, span.parentId);
  writeField(out, LIST, 6);
  writeThriftListHeader(out, annotations.length);
  const endpoints = new EndpointWriter(out);
  for (const { timestamp, value, endpoint } of annotations) {
    writeLong(out, 1, timestamp);
    writeText(out, 2, value);
    if (endpoint !== undefined) endpoints.write(3, endpoint);
    out.byte(STOP);
  }
  writeField(out, LIST, 8);
  writeThriftListHeader(out, binaryAnnotations.length);
  for (const { key, value, endpoint } of binaryAnnotations) {
    writeText(out, 1, key);
    writeText(out, 2, value ?? '\u0001');
    writeField(out, I32, 3);
    out.int32(value === undefined ? 0 : 6);
    if (endpoint !== undefined) endpoints.write(4, endpoint);
    out.byte(STOP);
  }
  if (span.debug) {
    writeField(out, BOOL, 9);
    out.byte(1);
  }
  if (span.timestamp !== undefined) writeLong(out, 10, span.timestamp);
  if (span.duration !== undefined) writeLong(out, 11, span.duration);
  out.byte(STOP);
}

/** Writes an endpoint in full once and copies the bytes when it follows again, as it does in every annotation. */
class EndpointWriter {
  readonly #out: ByteWriter;
  #last: Endpoint | undefined = undefined;
  #start = 0;
  #end = 0;

  constructor(out: ByteWriter) {
    this.#out = out;
  }

  write(id: number, endpoint: Endpoint): void {
    const out = this.#out;
    writeField(out, STRUCT, id);
    if (endpoint === this.#last) {
      out.reserve(this.#end - this.#start);
      out.bytes.copyWithin(out.pos, this.#start, this.#end);
      out.pos += this.#end - this.#start;
      return;
    }
    this.#last = endpoint;
    this.#start = out.pos;
    writeEndpoint(out, endpoint);
    this.#end = out.pos;
  }
}

function writeEndpoint(out: ByteWriter, endpoint: Endpoint): void {
  const ipv4 = endpoint.ipv4 === undefined ? undefined : ipToBytes(endpoint.ipv4);
  const ipv6 = endpoint.ipv6 === undefined ? undefined : ipToBytes(endpoint.ipv6);
  const port = endpoint.port ?? 0;
  writeField(out, I32, 1);
  if (ipv4 === undefined) out.int32(0);
  else out.raw(ipv4);
  writeField(out, I16, 2);
  out.byte(port >> 8);
  out.byte(port & 0xff);
  writeText(out, 3, endpoint.serviceName ?? '');
  if (ipv6 !== undefined) {
    writeField(out, STRING, 4);
    out.int32(ipv6.length);
    out.raw(ipv6);
  }
  out.byte(STOP);
}
