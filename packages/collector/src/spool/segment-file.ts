import { open } from 'node:fs/promises';

/** The first bytes of a segment, for people and for `file`. Readers do not depend on them. */
export const segmentPreamble: Buffer = Buffer.from('TRACEKIN-SPOOL1\n', 'latin1');

/** A segment being written. An interface so that tests can make a disk fail. */
export interface SegmentFile {
  /** Writes all bytes at `offset`, or rejects with the platform's error; then some of them may be there. */
  write(buffers: readonly Uint8Array[], offset: number): Promise<void>;
  truncate(bytes: number): Promise<void>;
  /** Resolves when what was written survives a crash of the machine. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export type OpenSegmentFile = (path: string) => Promise<SegmentFile>;

/** Creates the file; rejects when it exists. */
export const openSegmentFile: OpenSegmentFile = async path => {
  const handle = await open(path, 'wx', 0o600);
  return {
    async write(buffers, offset) {
      let rest = buffers;
      let at = offset;
      while (rest.length > 0) {
        const { bytesWritten } = await handle.writev(rest, at);
        at += bytesWritten;
        rest = behind(rest, bytesWritten);
      }
    },
    truncate: bytes => handle.truncate(bytes),
    sync: () => handle.datasync(),
    close: () => handle.close(),
  };
};

/** What is left of `buffers` after a write that took their first `bytes` bytes, as a nearly full disk makes happen. */
function behind(buffers: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let skip = bytes;
  let index = 0;
  while (index < buffers.length && skip >= buffers[index]!.length) skip -= buffers[index++]!.length;
  const rest = buffers.slice(index);
  if (skip > 0) rest[0] = rest[0]!.subarray(skip);
  return rest;
}
