const TRACE_ID = /^[0-9a-f]{1,32}$/;
const SPAN_ID = /^[0-9a-f]{1,16}$/;
const ALL_ZERO = /^0*$/;
const HIGH_ZEROS = '0'.repeat(16);

/**
 * A trace id as the model keeps it: lower case, 16 or 32 characters, the 64-bit form where the upper half is zero.
 * Undefined for anything else (zipkin.md 7.1; upper case is accepted here because header values pass through many hands).
 */
export function parseTraceId(text: string): string | undefined {
  const hex = text.toLowerCase();
  if (!TRACE_ID.test(hex) || ALL_ZERO.test(hex)) return undefined;
  if (hex.length <= 16) return hex.padStart(16, '0');
  const padded = hex.padStart(32, '0');
  return padded.startsWith(HIGH_ZEROS) ? padded.slice(16) : padded;
}

/** A span id: 16 lower-case characters, never zero. Undefined for anything else. */
export function parseSpanId(text: string): string | undefined {
  const hex = text.toLowerCase();
  if (!SPAN_ID.test(hex) || ALL_ZERO.test(hex)) return undefined;
  return hex.length === 16 ? hex : hex.padStart(16, '0');
}
