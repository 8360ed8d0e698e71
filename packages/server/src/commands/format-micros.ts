/** `850us`, `12.3ms`, `1.204s`; a minus sign for negative ones. */
export function formatMicros(micros: number): string {
  const size = Math.abs(micros);
  if (size < 1000) return `${micros}us`;
  if (size < 1_000_000) return `${trim(micros / 1000, 1)}ms`;
  return `${trim(micros / 1_000_000, 3)}s`;
}

function trim(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
