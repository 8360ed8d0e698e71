/** JSON as Jackson prints it, which Zipkin's health, metrics and configuration pages use: two spaces, ` : ` after keys. */
export function prettyJson(value: unknown, indent: string = ''): string {
  if (Array.isArray(value))
    return value.length === 0 ? '[ ]' : `[ ${value.map(item => prettyJson(item, indent)).join(', ')} ]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value);
  if (entries.length === 0) return '{ }';
  const inner = `${indent}  `;
  return `{\n${entries.map(([key, item]) => `${inner}${JSON.stringify(key)} : ${prettyJson(item, inner)}`).join(',\n')}\n${indent}}`;
}
