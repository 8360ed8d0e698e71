import type { Span } from '@tracekin/model';
import { ByteWriter } from './byte-writer.ts';
import { byService, endMicros, spanToOtlp } from './span-to-otlp.ts';

const writer = new ByteWriter();

/** An `ExportTraceServiceRequest` in protobuf, one `resource_spans` for each service. */
export function encodeOtlpProto(spans: readonly Span[]): Uint8Array {
  for (const [service, ofService] of byService(spans)) {
    message(0x0a, () => {
      if (service !== '') message(0x0a, () => attribute(0x0a, 'service.name', service));
      message(0x12, () => {
        for (const span of ofService) message(0x12, () => writeSpan(span));
      });
    });
  }
  return writer.take();
}

function writeSpan(span: Span): void {
  const { kind, attributes, events, statusCode, statusMessage } = spanToOtlp(span);
  id(0x0a, span.traceId.padStart(32, '0'));
  id(0x12, span.id);
  if (span.parentId !== undefined) id(0x22, span.parentId);
  text(0x2a, span.name ?? '');
  writer.byte(0x30);
  writer.varint(kind);
  time(0x39, span.timestamp ?? 0);
  time(0x41, endMicros(span));
  for (const [key, value] of attributes) attribute(0x4a, key, value);
  for (const { timestamp, value } of events) {
    message(0x5a, () => {
      time(0x09, timestamp);
      text(0x12, value);
    });
  }
  if (statusCode > 0) {
    message(0x7a, () => {
      if (statusMessage !== '') text(0x12, statusMessage);
      writer.byte(0x18);
      writer.varint(statusCode);
    });
  }
}

function message(key: number, write: () => void): void {
  writer.byte(key);
  const start = writer.beginDelimited();
  write();
  writer.endDelimited(start);
}

/** A KeyValue with a string. */
function attribute(key: number, name: string, value: string): void {
  message(key, () => {
    text(0x0a, name);
    message(0x12, () => text(0x0a, value));
  });
}

function id(key: number, hex: string): void {
  writer.byte(key);
  writer.varint(hex.length >> 1);
  writer.hex(hex);
}

function text(key: number, value: string): void {
  writer.byte(key);
  const start = writer.beginDelimited();
  writer.utf8(value);
  writer.endDelimited(start);
}

/** Nanoseconds as fixed64, in two halves because their product with 1000 exceeds 2^53. */
function time(key: number, micros: number): void {
  writer.byte(key);
  const high = Math.floor(micros / 0x1_0000_0000) * 1000;
  const low = (micros % 0x1_0000_0000) * 1000;
  writer.fixed64Halves(low, high + Math.floor(low / 0x1_0000_0000));
}
