import { type Endpoint, ipToBytes, type Kind, type Span } from '@tracekin/model';
import { ByteWriter } from './byte-writer.ts';

const KINDS: Readonly<Record<Kind, number>> = { CLIENT: 1, SERVER: 2, PRODUCER: 3, CONSUMER: 4 };

const writer = new ByteWriter();

/** A `zipkin.proto3.ListOfSpans`. */
export function encodeProto3(spans: readonly Span[]): Uint8Array {
  for (const span of spans) writeListElement(writer, span);
  return writer.take();
}

/** One span as an element of a list: with field key and length, so that elements are joined by concatenation. */
export function encodeSpanProto3(span: Span): Uint8Array {
  writeListElement(writer, span);
  return writer.take();
}

function writeListElement(out: ByteWriter, span: Span): void {
  out.byte(0x0a);
  const start = out.beginDelimited();
  writeSpan(out, span);
  out.endDelimited(start);
}

function writeSpan(out: ByteWriter, span: Span): void {
  writeId(out, 0x0a, span.traceId);
  if (span.parentId !== undefined) writeId(out, 0x12, span.parentId);
  writeId(out, 0x1a, span.id);
  if (span.kind !== undefined) {
    out.byte(0x20);
    out.byte(KINDS[span.kind]);
  }
  if (span.name !== undefined) writeText(out, 0x2a, span.name);
  if (span.timestamp !== undefined) {
    out.byte(0x31);
    out.fixed64(span.timestamp);
  }
  if (span.duration !== undefined) {
    out.byte(0x38);
    out.varint(span.duration);
  }
  if (span.localEndpoint !== undefined) writeEndpoint(out, 0x42, span.localEndpoint);
  if (span.remoteEndpoint !== undefined) writeEndpoint(out, 0x4a, span.remoteEndpoint);
  for (const { timestamp, value } of span.annotations ?? []) {
    out.byte(0x52);
    const start = out.beginDelimited();
    out.byte(0x09);
    out.fixed64(timestamp);
    writeText(out, 0x12, value);
    out.endDelimited(start);
  }
  const { tags } = span;
  for (const key in tags) {
    out.byte(0x5a);
    const start = out.beginDelimited();
    writeText(out, 0x0a, key);
    writeText(out, 0x12, tags[key]!);
    out.endDelimited(start);
  }
  if (span.debug === true) writeTrue(out, 0x60);
  if (span.shared === true) writeTrue(out, 0x68);
}

function writeTrue(out: ByteWriter, key: number): void {
  out.byte(key);
  out.byte(1);
}

function writeId(out: ByteWriter, key: number, id: string): void {
  out.byte(key);
  out.byte(id.length >> 1);
  out.hex(id);
}

function writeText(out: ByteWriter, key: number, text: string): void {
  out.byte(key);
  const start = out.beginDelimited();
  out.utf8(text);
  out.endDelimited(start);
}

function writeEndpoint(out: ByteWriter, key: number, endpoint: Endpoint): void {
  out.byte(key);
  const start = out.beginDelimited();
  if (endpoint.serviceName !== undefined) writeText(out, 0x0a, endpoint.serviceName);
  writeAddress(out, 0x12, endpoint.ipv4);
  writeAddress(out, 0x1a, endpoint.ipv6);
  if (endpoint.port !== undefined) {
    out.byte(0x20);
    out.varint(endpoint.port);
  }
  out.endDelimited(start);
}

function writeAddress(out: ByteWriter, key: number, text: string | undefined): void {
  const bytes = text === undefined ? undefined : ipToBytes(text);
  if (bytes === undefined) return;
  out.byte(key);
  out.byte(bytes.length);
  out.raw(bytes);
}
