/** The query part of an address: plain strings, never interpreted. The first of repeated names counts, as in Lens. */
export type SearchParams = Readonly<Record<string, string>>;

/**
 * Reads `?a=b`. The router's own codec reads every value as JSON: `serviceName=404` would become a number and
 * `span=12345678901234e5` lose digits (ui.md 5.12).
 */
export function parseSearch(text: string): SearchParams {
  const params: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) params[name] ??= value;
  return { ...params };
}

/** Writes it. Absent and empty values are left out; `:` and `,` stay readable. */
export function stringifySearch(params: Readonly<Record<string, unknown>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  }
  const text = search.toString().replaceAll('%3A', ':').replaceAll('%2C', ',');
  return text === '' ? '' : `?${text}`;
}
