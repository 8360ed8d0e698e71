/** Longest text that goes into an answer; messages repeat what the caller sent. Characters. */
const MAX_TEXT = 1000;

/** A protobuf field that holds a whole number, 0 or more. */
export const varintField = (field: number, value: number): Buffer => Buffer.from([field << 3, ...varint(value)]);

/** A protobuf field that holds text. */
export const textField = (field: number, text: string): Buffer =>
  lengthDelimited(field, Buffer.from(text.slice(0, MAX_TEXT)));

/** A protobuf field that holds bytes or another message. */
export const lengthDelimited = (field: number, bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from([(field << 3) | 2, ...varint(bytes.length)]), bytes]);

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}
