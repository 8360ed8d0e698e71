/**
 * Text in lower case without regard to locale, for service and span names. Returns the same string when it is ASCII
 * without capitals, which nearly every name is.
 */
export function lowerCase(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code >= 65 && code <= 90) || code > 127) return text.toLowerCase();
  }
  return text;
}

/** A service or span name as it is stored: lower case, and absent rather than empty. */
export function normalizeName(name: string | null | undefined): string | undefined {
  return name === undefined || name === null || name.length === 0 ? undefined : lowerCase(name);
}
