// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that JSON forbids in a string
const UNSAFE = /["\\\u0000-\u001f\u2028\u2029\ud800-\udfff]/;

/**
 * A JSON string literal. Escapes quotes, backslashes, control characters, lone surrogates and, as Zipkin does, U+2028 and
 * U+2029; everything else stands as it is.
 */
export function jsonText(text: string): string {
  if (!UNSAFE.test(text)) return `"${text}"`;
  return JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
