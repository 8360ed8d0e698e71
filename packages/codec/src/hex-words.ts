const DIGITS = new Uint8Array(128);
for (let i = 0; i < 16; i++) DIGITS['0123456789abcdef'.charCodeAt(i)] = i;

/** Eight lower-hex characters from `start` as an unsigned 32-bit integer. The caller knows that they are hex. */
export function parseHex32(text: string, start: number): number {
  return (
    ((DIGITS[text.charCodeAt(start)]! << 28) |
      (DIGITS[text.charCodeAt(start + 1)]! << 24) |
      (DIGITS[text.charCodeAt(start + 2)]! << 20) |
      (DIGITS[text.charCodeAt(start + 3)]! << 16) |
      (DIGITS[text.charCodeAt(start + 4)]! << 12) |
      (DIGITS[text.charCodeAt(start + 5)]! << 8) |
      (DIGITS[text.charCodeAt(start + 6)]! << 4) |
      DIGITS[text.charCodeAt(start + 7)]!) >>>
    0
  );
}

const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** 16 lower-hex characters of a 64-bit integer given as halves. */
export function formatHex64(high: number, low: number): string {
  return formatHex32(high) + formatHex32(low);
}

/** Eight lower-hex characters of an unsigned 32-bit integer. */
export function formatHex32(value: number): string {
  return PAIRS[value >>> 24]! + PAIRS[(value >>> 16) & 255]! + PAIRS[(value >>> 8) & 255]! + PAIRS[value & 255]!;
}
