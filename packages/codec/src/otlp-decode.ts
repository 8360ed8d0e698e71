import type { Span } from '@tracekin/model';
import type { DecodeLimits } from './format.ts';
import { withDefaults } from './limits.ts';
import { decodeOtlpJson } from './otlp-json-decode.ts';
import { decodeOtlpProto } from './otlp-proto-decode.ts';
import type { OtlpResult } from './otlp-span.ts';
import { plainBytes } from './plain-bytes.ts';
import { refuse } from './refuse.ts';

/**
 * The spans of an `ExportTraceServiceRequest`, for answers with partial success: a span with a wrong id or time is counted
 * in `rejected` and left out, the others are returned. Throws `invalid-argument` when the request itself cannot be read and
 * `too-large` beyond the limits.
 */
export function decodeOtlp(
  bytes: Uint8Array,
  format: 'otlp-proto' | 'otlp-json',
  limits?: Partial<DecodeLimits>,
): OtlpResult {
  if (bytes.length === 0) return { spans: [], rejected: 0 };
  const decode = format === 'otlp-proto' ? decodeOtlpProto : decodeOtlpJson;
  const { spans, rejected, errorMessage } = decode(plainBytes(bytes), withDefaults(limits));
  return { spans, rejected, errorMessage };
}

/** For `decodeSpans`, which has no place for a partial result: one bad span refuses the message, as in Zipkin's formats. */
export function decodeWholeOtlp(format: 'otlp-proto' | 'otlp-json', bytes: Uint8Array, limits: DecodeLimits): Span[] {
  const { spans, rejected, errorMessage } = decodeOtlp(bytes, format, limits);
  if (rejected > 0) refuse(`${errorMessage} reading ${rejected} of ${rejected + spans.length} spans from ${format}`);
  return spans;
}
