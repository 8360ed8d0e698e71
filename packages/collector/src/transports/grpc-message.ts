import { TracekinError } from '@tracekin/model';
import { gunzipBody } from './http-body.ts';

/**
 * How gRPC frames a message (PROTOCOL-HTTP2.md, "Length-Prefixed-Message"):
 *
 *   compressed-flag   1 byte, 0 or 1
 *   length            4 bytes, big-endian
 *   message           length bytes, by grpc-encoding when the flag is 1
 *
 * gRPC-Web adds a frame for the trailers, of which the flag's highest bit is set.
 */
const PREFIX_BYTES = 5;
const COMPRESSED = 1;
const TRAILERS = 0x80;

/** A frame around `message`, not compressed. */
export function frame(message: Uint8Array, flag = 0): Buffer {
  const framed = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  framed[0] = flag;
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, PREFIX_BYTES);
  return framed;
}

/** The trailers of gRPC-Web, as its last frame. */
export function trailersFrame(trailers: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries(trailers).map(([name, value]) => `${name}: ${value}\r\n`);
  return frame(Buffer.from(lines.join('')), TRAILERS);
}

/**
 * The one message of a unary call, decompressed. Rejects with `unsupported` for another number of messages (the status that
 * gRPC demands) or an unknown encoding, `invalid-argument` for a broken frame, `too-large` beyond `maxBytes` decompressed.
 */
export async function readUnary(body: Buffer, encoding: string | undefined, maxBytes: number): Promise<Buffer> {
  if (body.length === 0) throw new TracekinError('unsupported', 'a unary call has exactly one message: there is none');
  const length = body.length < PREFIX_BYTES ? Number.POSITIVE_INFINITY : body.readUInt32BE(1);
  if (length > body.length - PREFIX_BYTES) {
    throw new TracekinError('invalid-argument', `Truncated: the gRPC message is shorter than its prefix says`);
  }
  if (length < body.length - PREFIX_BYTES) {
    throw new TracekinError('unsupported', 'a unary call has exactly one message: there is something behind it');
  }
  const message = body.subarray(PREFIX_BYTES);
  const flag = body[0]!;
  if (flag === 0) return message;
  if (flag !== COMPRESSED) throw new TracekinError('invalid-argument', `compressed-flag should be 0 or 1: was ${flag}`);
  if (encoding === 'gzip') return gunzipBody(message, maxBytes);
  if (encoding === undefined || encoding === 'identity') {
    throw new TracekinError('invalid-argument', 'a compressed message needs a grpc-encoding');
  }
  throw new TracekinError('unsupported', `grpc-encoding should be gzip or identity: was ${encoding}`);
}
