import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import {
  decodeRecordHeader,
  payloadIsIntact,
  type RecordHeader,
  type RecordInfo,
  recordHeaderBytes,
  recordMagic,
} from './record.ts';
import { segmentPreamble } from './segment-file.ts';

/** A record's bytes as they were appended, and where they lie in the file. */
export interface SegmentRecord extends RecordInfo {
  readonly kind: 'record';
  readonly from: number;
  readonly to: number;
  readonly payload: Uint8Array;
}

/** Bytes that are no intact record. */
export interface SegmentDamage {
  readonly kind: 'damage';
  readonly from: number;
  readonly to: number;
  /** `torn`: an append that a crash cut short. `zeros`: space that was never written. `altered`: anything else. */
  readonly what: 'torn' | 'zeros' | 'altered';
  /** The record's own header, when that is intact. */
  readonly record?: RecordInfo | undefined;
}

const windowBytes = 1 << 20;

/**
 * Reads the records that start at or behind `from` and end at or before `end` (at most the file's size). Damage is
 * yielded as such and costs only the records it touches: reading goes on at the next header that belongs where it stands.
 */
export async function* readSegment(
  path: string,
  nonce: number,
  from: number,
  end: number,
): AsyncGenerator<SegmentRecord | SegmentDamage> {
  const handle = await open(path, 'r');
  try {
    const size = Math.min(end, (await handle.stat()).size);
    const window = new Window(handle, size);
    let at = Math.max(from, segmentPreamble.length);
    while (at < size) {
      const header = decodeRecordHeader(await window.bytes(at, recordHeaderBytes), nonce, at);
      if (header === undefined) {
        const next = await nextHeader(window, nonce, at + 1, size);
        yield await damage(window, at, next, next === size);
        at = next;
        continue;
      }
      const to = at + recordHeaderBytes + header.payloadBytes;
      if (to > size) {
        // Nothing is appended behind a torn record (a new process starts a new segment), but a length that damage made
        // too long would have failed the header's checksum; so this is the end.
        yield { kind: 'damage', from: at, to: size, what: 'torn', record: infoOf(header) };
        return;
      }
      const payload = Buffer.from(await window.bytes(at + recordHeaderBytes, header.payloadBytes));
      if (payloadIsIntact(header, nonce, payload)) {
        yield { kind: 'record', from: at, to, payload, ...infoOf(header) };
      } else {
        yield { kind: 'damage', from: at, to, what: 'altered', record: infoOf(header) };
      }
      at = to;
    }
  } finally {
    await handle.close();
  }
}

function infoOf({ format, transport, spanCount, acceptedAt }: RecordHeader): RecordInfo {
  return { format, transport, spanCount, acceptedAt };
}

/** Where the first valid header at or behind `from` starts; `size` when there is none. */
async function nextHeader(window: Window, nonce: number, from: number, size: number): Promise<number> {
  let at = from;
  while (at + recordHeaderBytes <= size) {
    const bytes = await window.bytes(at, Math.min(windowBytes, size - at));
    for (let found = bytes.indexOf(recordMagic); found !== -1; found = bytes.indexOf(recordMagic, found + 1)) {
      const header = found + recordHeaderBytes <= bytes.length ? bytes.subarray(found) : undefined;
      if (header === undefined) break;
      if (decodeRecordHeader(header, nonce, at + found) !== undefined) return at + found;
    }
    // The next window overlaps by a header, which the end of this one may have cut.
    if (at + bytes.length >= size) break;
    at += bytes.length - recordHeaderBytes + 1;
  }
  return size;
}

async function damage(window: Window, from: number, to: number, atEnd: boolean): Promise<SegmentDamage> {
  let zeros = true;
  for (let at = from; zeros && at < to; at += windowBytes) {
    const bytes = await window.bytes(at, Math.min(windowBytes, to - at));
    zeros = bytes.every(byte => byte === 0);
  }
  return {
    kind: 'damage',
    from,
    to,
    what: zeros ? 'zeros' : atEnd && to - from < recordHeaderBytes ? 'torn' : 'altered',
  };
}

/** Reads ahead, so that small records do not cost a system call each. */
class Window {
  readonly #handle: FileHandle;
  readonly #size: number;
  #start = 0;
  #held: Buffer = Buffer.alloc(0);

  constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.#size = size;
  }

  /** Up to `length` bytes at `at`; fewer only at the end of the file. Valid until the next call. */
  async bytes(at: number, length: number): Promise<Buffer> {
    const wanted = Math.min(length, this.#size - at);
    if (at < this.#start || at + wanted > this.#start + this.#held.length) {
      const buffer = Buffer.allocUnsafe(Math.min(Math.max(wanted, windowBytes), this.#size - at));
      let filled = 0;
      while (filled < buffer.length) {
        const { bytesRead } = await this.#handle.read(buffer, filled, buffer.length - filled, at + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      this.#start = at;
      this.#held = buffer.subarray(0, filled);
    }
    const from = at - this.#start;
    return this.#held.subarray(from, from + wanted);
  }
}
