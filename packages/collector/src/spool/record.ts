import { crc32 } from 'node:zlib';
import type { Format } from '@tracekin/codec';
import { type TransportName, transportNames } from '../transport-name.ts';

// A record in a segment file, little endian:
//
//    0  u32  magic
//    4  u32  CRC-32 of bytes 8 to 39
//    8  u32  CRC-32 of the payload
//   12  u32  bytes of the payload
//   16  u32  spans in the payload
//   20  u32  offset of this record in its file
//   24  f64  when it was accepted, milliseconds since the epoch
//   32  u8   format of the payload
//   33  u8   transport it came by
//   34  u16  flags, 0
//   36  u32  reserved, 0
//   40       payload
//
// Both CRCs start from the segment's nonce, a random number in its file name. So bytes inside of a payload never pass for
// a record, whoever sent them, when a reader looks for the next record behind a damaged one. The header has a CRC of its
// own so that damage in a payload costs that record only, and so that a length can be trusted before it is followed.

export const recordHeaderBytes = 40;
export const recordMagic: Buffer = Buffer.from([0xf5, 0x54, 0x4b, 0xf6]);

/** Index + 1 is the stored number: only append to this list. */
const formats: readonly Format[] = ['json-v2', 'json-v1', 'thrift', 'proto3', 'otlp-proto', 'otlp-json'];

/** What a record says about its payload. */
export interface RecordInfo {
  readonly format: Format;
  readonly transport: TransportName;
  readonly spanCount: number;
  /** Milliseconds since the epoch. */
  readonly acceptedAt: number;
}

export interface RecordHeader extends RecordInfo {
  readonly payloadBytes: number;
  readonly payloadCrc: number;
}

/** Writes a header for `payload` into the first 40 bytes of `target`. */
export function encodeRecordHeader(
  target: Buffer,
  nonce: number,
  offset: number,
  info: RecordInfo,
  payload: Uint8Array,
): void {
  recordMagic.copy(target, 0);
  target.writeUInt32LE(crc32(payload, nonce), 8);
  target.writeUInt32LE(payload.length, 12);
  target.writeUInt32LE(info.spanCount, 16);
  target.writeUInt32LE(offset, 20);
  target.writeDoubleLE(info.acceptedAt, 24);
  target.writeUInt8(formats.indexOf(info.format) + 1, 32);
  target.writeUInt8(transportNames.indexOf(info.transport) + 1, 33);
  target.writeUInt16LE(0, 34);
  target.writeUInt32LE(0, 36);
  target.writeUInt32LE(crc32(target.subarray(8, recordHeaderBytes), nonce), 4);
}

/** The header in the first 40 bytes of `bytes`; undefined when there is none that belongs at this offset of this segment. */
export function decodeRecordHeader(bytes: Buffer, nonce: number, offset: number): RecordHeader | undefined {
  if (bytes.length < recordHeaderBytes || bytes.compare(recordMagic, 0, 4, 0, 4) !== 0) return undefined;
  if (bytes.readUInt32LE(4) !== crc32(bytes.subarray(8, recordHeaderBytes), nonce)) return undefined;
  if (bytes.readUInt32LE(20) !== offset) return undefined;
  const format = formats[bytes.readUInt8(32) - 1];
  const transport = transportNames[bytes.readUInt8(33) - 1];
  if (format === undefined || transport === undefined) return undefined;
  return {
    payloadCrc: bytes.readUInt32LE(8),
    payloadBytes: bytes.readUInt32LE(12),
    spanCount: bytes.readUInt32LE(16),
    acceptedAt: bytes.readDoubleLE(24),
    format,
    transport,
  };
}

export function payloadIsIntact(header: RecordHeader, nonce: number, payload: Uint8Array): boolean {
  return payload.length === header.payloadBytes && crc32(payload, nonce) === header.payloadCrc;
}
