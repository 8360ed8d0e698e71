import type { Span } from '@tracekin/model';
import { type DecodeLimits, decodeRawSpans, decodeSpans, encodeJsonV2, type Format } from '../src/index.ts';

const utf8 = new TextEncoder();

export const WORKSHOP = { serviceName: 'workshop', ipv4: '127.0.0.1', port: 8080 };
export const PARCELS = { serviceName: 'parcels', ipv4: '10.20.30.9', port: 7420 };

export function decodeText(text: string, format: Format = 'json-v2', limits?: Partial<DecodeLimits>): Span[] {
  return decodeBothWays(utf8.encode(text), format, limits);
}

/** Decodes to spans, and to spans that stay bytes: both must come to the same, also where they refuse. */
export function decodeBothWays(bytes: Uint8Array, format: Format, limits?: Partial<DecodeLimits>): Span[] {
  const raw = outcome(() => encodeJsonV2(decodeRawSpans(bytes, format, limits)));
  const whole = outcome(() => encodeJsonV2(decodeSpans(bytes, format, limits)));
  if (raw !== whole) throw new Error(`raw spans differ: ${raw} instead of ${whole}`);
  return decodeSpans(bytes, format, limits);
}

function outcome(decode: () => string): string {
  try {
    return decode();
  } catch (error) {
    return String(error);
  }
}

/** Spans as plain values without absent fields, for comparing. */
export function plain(spans: readonly Span[]): unknown {
  return JSON.parse(encodeJsonV2(spans));
}

/** The only span of `text`, as a plain value. */
export function one(text: string, format: Format = 'json-v2'): Record<string, unknown> {
  const spans = plain(decodeText(text, format)) as Record<string, unknown>[];
  if (spans.length !== 1) throw new Error(`${spans.length} spans`);
  return spans[0]!;
}
