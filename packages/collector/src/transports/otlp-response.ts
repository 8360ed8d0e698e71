import type { OtlpOutcome } from '../collector.ts';
import { lengthDelimited, textField, varintField } from './protobuf-fields.ts';

/**
 * `ExportTraceServiceResponse` as protobuf: field 1 is the partial success, with the count as its field 1 and the reason as
 * its field 2. Empty when everything was kept.
 */
export function encodeExportResponse({ rejectedSpans, errorMessage = '' }: OtlpOutcome): Buffer {
  if (rejectedSpans === 0) return Buffer.alloc(0);
  return lengthDelimited(1, Buffer.concat([varintField(1, rejectedSpans), textField(2, errorMessage)]));
}
