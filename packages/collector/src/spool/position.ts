/** A place in the spool: a segment's number (they only grow) and a byte offset in its file. */
export interface SpoolPosition {
  readonly segment: number;
  readonly offset: number;
}

/** From a record's first byte, or anywhere before it that holds no other record, to behind a record's last byte. */
export interface SpoolRange {
  readonly from: SpoolPosition;
  readonly to: SpoolPosition;
}

export function comparePositions(a: SpoolPosition, b: SpoolPosition): number {
  return a.segment - b.segment || a.offset - b.offset;
}
