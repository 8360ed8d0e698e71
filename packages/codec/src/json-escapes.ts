import { textFromBytes } from './text-from-bytes.ts';

const ESCAPES: (string | undefined)[] = [];
for (const [from, to] of Object.entries({
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  "'": "'",
  '\n': '\n',
}))
  ESCAPES[from.charCodeAt(0)] = to;

const HEX_DIGIT = new Int8Array(256).fill(-1);
for (let i = 0; i < 16; i++) {
  HEX_DIGIT[i.toString(16).charCodeAt(0)] = i;
  HEX_DIGIT[i.toString(16).toUpperCase().charCodeAt(0)] = i;
}

/** In place of the end of a string: it holds a backslash that begins no escape. */
export const BAD_ESCAPE = -1;
/** The same: it does not end. */
const NO_END = -2;

/** The text from `start`, behind the opening quote, to the closing quote, and where that is; below 0 as above. */
export function readEscapedString(bytes: Uint8Array, start: number): { text: string; end: number } {
  let from = start;
  let text = '';
  for (let p = start; p < bytes.length; p++) {
    const c = bytes[p]!;
    if (c === 0x22) return { text: text + textFromBytes(bytes, from, p), end: p };
    if (c !== 0x5c) continue;
    text += textFromBytes(bytes, from, p);
    const letter = bytes[++p] ?? 0;
    const plain = ESCAPES[letter];
    if (plain !== undefined) text += plain;
    else {
      const code = letter === 0x75 ? fourHex(bytes, p + 1) : -1;
      if (code < 0) return { text, end: BAD_ESCAPE };
      text += String.fromCharCode(code);
      p += 4;
    }
    from = p + 1;
  }
  return { text, end: NO_END };
}

/** Four hex digits as a number, or -1. */
function fourHex(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let i = at; i < at + 4; i++) {
    const digit = HEX_DIGIT[bytes[i] ?? 0]!;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}
