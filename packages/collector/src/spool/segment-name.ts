import { randomBytes } from 'node:crypto';

// `000000000042-9f3c2a11.spool`: the segment's number, and the nonce that its checksums start from. The nonce is in the
// name, not in the file, so that no damage inside of the file can cost more than the record it hits.

export interface SegmentName {
  readonly segment: number;
  readonly nonce: number;
}

export const newNonce = (): number => randomBytes(4).readUInt32LE();

export function formatSegmentName({ segment, nonce }: SegmentName): string {
  return `${String(segment).padStart(12, '0')}-${nonce.toString(16).padStart(8, '0')}.spool`;
}

/** Undefined for a file that is not a segment. */
export function parseSegmentName(name: string): SegmentName | undefined {
  const match = /^(\d{12})-([0-9a-f]{8})\.spool$/.exec(name);
  if (match === null) return undefined;
  return { segment: Number(match[1]), nonce: Number.parseInt(match[2]!, 16) };
}
