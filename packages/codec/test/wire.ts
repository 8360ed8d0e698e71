// Builds protobuf and thrift bytes by hand, independently of the encoders, for constructed inputs.

const utf8 = new TextEncoder();

export function bytesOf(...parts: readonly (number | string | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap(part =>
      typeof part === 'number' ? [part] : typeof part === 'string' ? [...utf8.encode(part)] : [...part],
    ),
  );
}

/** Digits with any white space between them; `#` starts a comment. */
export function fromHex(text: string): Uint8Array {
  const digits = text.replaceAll(/#.*$/gm, '').replaceAll(/\s/g, '');
  return Uint8Array.from(digits.match(/../g) ?? [], pair => Number.parseInt(pair, 16));
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}

function big(value: number | bigint, size: number, littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt.asUintN(64, BigInt(value)), littleEndian);
  return new Uint8Array(view.buffer).slice(littleEndian ? 0 : 8 - size, littleEndian ? size : 8);
}

export const proto = {
  varint(number: number, value: number | bigint): Uint8Array {
    return bytesOf(...varint(number * 8), ...varint(value));
  },
  fixed64(number: number, value: number | bigint): Uint8Array {
    return bytesOf(...varint(number * 8 + 1), big(value, 8, true));
  },
  double(number: number, value: number): Uint8Array {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value, true);
    return bytesOf(...varint(number * 8 + 1), new Uint8Array(view.buffer));
  },
  /** A string, bytes or nested message. */
  field(number: number, ...parts: readonly (string | Uint8Array)[]): Uint8Array {
    const body = bytesOf(...parts);
    return bytesOf(...varint(number * 8 + 2), ...varint(body.length), body);
  },
};

function varint(value: number | bigint): number[] {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 0x80n; rest >>= 7n) out.push(Number(rest & 0x7fn) | 0x80);
  out.push(Number(rest));
  return out;
}

/** The fields and lists of TBinary. */
interface ThriftWire {
  readonly stop: Uint8Array;
  bool(id: number, value: boolean): Uint8Array;
  i16(id: number, value: number): Uint8Array;
  i32(id: number, value: number): Uint8Array;
  i64(id: number, value: number | bigint): Uint8Array;
  string(id: number, value: string | Uint8Array): Uint8Array;
  struct(id: number, ...fields: readonly Uint8Array[]): Uint8Array;
  /** A list of structs, each given as its fields. */
  list(id: number, ...structs: readonly (readonly Uint8Array[])[]): Uint8Array;
  header(length: number): Uint8Array;
}

export const thrift: ThriftWire = {
  stop: Uint8Array.of(0),
  bool: (id: number, value: boolean): Uint8Array => bytesOf(2, big(id, 2, false), value ? 1 : 0),
  i16: (id: number, value: number): Uint8Array => bytesOf(6, big(id, 2, false), big(value, 2, false)),
  i32: (id: number, value: number): Uint8Array => bytesOf(8, big(id, 2, false), big(value, 4, false)),
  i64: (id: number, value: number | bigint): Uint8Array => bytesOf(10, big(id, 2, false), big(value, 8, false)),
  string(id: number, value: string | Uint8Array): Uint8Array {
    const body = bytesOf(value);
    return bytesOf(11, big(id, 2, false), big(body.length, 4, false), body);
  },
  struct: (id: number, ...fields: readonly Uint8Array[]): Uint8Array => bytesOf(12, big(id, 2, false), ...fields, 0),
  list: (id: number, ...structs: readonly (readonly Uint8Array[])[]): Uint8Array =>
    bytesOf(15, big(id, 2, false), thrift.header(structs.length), ...structs.map(fields => bytesOf(...fields, 0))),
  header: (length: number): Uint8Array => bytesOf(12, big(length, 4, false)),
};
