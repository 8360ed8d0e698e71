/** A message header as text: brokers deliver strings, bytes or, repeated, arrays of them. */
export function headerText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (Array.isArray(value)) return headerText(value[0]);
  return undefined;
}
