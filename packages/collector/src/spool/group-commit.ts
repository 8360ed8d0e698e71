import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TracekinError } from '@tracekin/model';
import type { Log } from '../log.ts';
import type { SpoolPosition, SpoolRange } from './position.ts';
import { encodeRecordHeader, type RecordInfo, recordHeaderBytes } from './record.ts';
import { type OpenSegmentFile, type SegmentFile, segmentPreamble } from './segment-file.ts';

/**
 * When appended bytes are forced to the disk. The kill of a process loses nothing in any mode; `always` also survives a
 * crash of the machine, `interval` loses at most the last interval in one, `never` what the system had not yet written.
 */
export type SyncMode = (typeof syncModes)[number];

export const syncModes = ['always', 'interval', 'never'] as const;

export interface SpoolEntry extends RecordInfo {
  readonly payload: Uint8Array;
}

/** The segment that appends go to, and what it has acknowledged. */
export interface OpenSegment {
  readonly segment: number;
  readonly nonce: number;
  readonly path: string;
  /** Bytes of it that hold acknowledged records. */
  bytes: number;
}

interface Waiting {
  readonly entry: SpoolEntry;
  readonly committed: ((range: SpoolRange) => void) | undefined;
  readonly resolve: (range: SpoolRange) => void;
  readonly reject: (error: unknown) => void;
}

interface GroupCommitOptions {
  readonly segmentBytes: number;
  readonly sync: SyncMode;
  readonly syncIntervalMs: number;
  readonly openFile: OpenSegmentFile;
  readonly log: Log;
  /** Names the next segment. It is called before its file exists. */
  readonly nextSegment: () => OpenSegment;
  /** The segment has got its file. */
  readonly opened: (segment: OpenSegment) => void;
}

const groupBytesAtMost = 8 << 20;
const groupRecordsAtMost = 500; // two buffers each: within the 1,024 that one writev takes

/**
 * Appends records to segment files. Whatever waits while a write is under way goes to disk in the next one, so that a busy
 * spool pays for one system call (and one sync) per group, not per record. An append resolves when its group is written,
 * and synced if the mode says so; records are written, acknowledged and read back in the order of the calls.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #current: OpenSegment | undefined;
  #file: SegmentFile | undefined;
  #flushing: Promise<void> | undefined;
  #syncTimer: NodeJS.Timeout | undefined;
  readonly #retiring = new Set<Promise<void>>();
  #closed = false;
  #groups = 0;
  #records = 0;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  /** Groups that were begun since the start, and the records in them. What waited while the process was busy with others is in one group. */
  get counts(): { readonly groups: number; readonly records: number } {
    return { groups: this.#groups, records: this.#records };
  }

  /** Bytes of records that wait to be written. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Behind the last acknowledged record; undefined before the first. */
  get end(): SpoolPosition | undefined {
    return this.#current && { segment: this.#current.segment, offset: this.#current.bytes };
  }

  /**
   * `committed` is called when the record is durable, in the order of appends, before the promise resolves; it must not
   * throw. Rejects with
   * `overloaded` when the disk is full and with `unavailable` when it fails otherwise; then nothing of it is kept.
   */
  append(entry: SpoolEntry, committed?: (range: SpoolRange) => void): Promise<SpoolRange> {
    if (this.#closed) return Promise.reject(new TracekinError('unavailable', 'the spool is closed'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entry, committed, resolve, reject });
      this.#waitingBytes += entry.payload.length + recordHeaderBytes;
      // After the sockets that are readable now have been served, so that their messages form one group.
      this.#flushing ??= new Promise(done => setImmediate(() => this.#flush().then(done)));
    });
  }

  /** Writes what waits, forces it to disk unless the mode is `never`, and closes the file. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#flushing;
    clearTimeout(this.#syncTimer);
    this.#retire();
    await Promise.all(this.#retiring);
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup();
      this.#groups++;
      this.#records += group.length;
      let ranges: SpoolRange[];
      try {
        ranges = await this.#write(group);
      } catch (error) {
        await this.#refuse(group, error);
        continue;
      }
      for (const [index, { entry, committed, resolve }] of group.entries()) {
        this.#waitingBytes -= entry.payload.length + recordHeaderBytes;
        committed?.(ranges[index]!);
        resolve(ranges[index]!);
      }
    }
    this.#flushing = undefined;
  }

  async #refuse(group: readonly Waiting[], error: unknown): Promise<void> {
    const refusal = refusalFor(error);
    this.#options.log('error', refusal.message, { records: group.length, cause: String(error) });
    await this.#undo(refusal.code !== 'overloaded');
    for (const { entry, reject } of group) {
      this.#waitingBytes -= entry.payload.length + recordHeaderBytes;
      reject(refusal);
    }
  }

  #takeGroup(): Waiting[] {
    let bytes = 0;
    let count = 0;
    while (count < this.#waiting.length && count < groupRecordsAtMost && (count === 0 || bytes < groupBytesAtMost)) {
      bytes += this.#waiting[count++]!.entry.payload.length + recordHeaderBytes;
    }
    if (count === this.#waiting.length) {
      const all = this.#waiting;
      this.#waiting = [];
      return all;
    }
    return this.#waiting.splice(0, count);
  }

  async #write(group: readonly Waiting[]): Promise<SpoolRange[]> {
    if (this.#current !== undefined && this.#current.bytes >= this.#options.segmentBytes) this.#retire();
    const { segment, file } = await this.#open();
    const buffers: Uint8Array[] = segment.bytes === 0 ? [segmentPreamble] : [];
    const headers = Buffer.allocUnsafe(group.length * recordHeaderBytes);
    const ranges: SpoolRange[] = [];
    let offset = Math.max(segment.bytes, segmentPreamble.length);
    for (const [index, { entry }] of group.entries()) {
      const header = headers.subarray(index * recordHeaderBytes, (index + 1) * recordHeaderBytes);
      encodeRecordHeader(header, segment.nonce, offset, entry, entry.payload);
      buffers.push(header, entry.payload);
      const to = offset + recordHeaderBytes + entry.payload.length;
      ranges.push({ from: { segment: segment.segment, offset }, to: { segment: segment.segment, offset: to } });
      offset = to;
    }
    await file.write(buffers, segment.bytes);
    if (this.#options.sync === 'always') await file.sync();
    else if (this.#options.sync === 'interval') this.#syncSoon(file);

    segment.bytes = offset;
    return ranges;
  }

  async #open(): Promise<{ segment: OpenSegment; file: SegmentFile }> {
    if (this.#current !== undefined && this.#file !== undefined) return { segment: this.#current, file: this.#file };
    const segment = this.#options.nextSegment();
    const file = await this.#options.openFile(segment.path);
    this.#current = segment;
    this.#file = file;
    this.#options.opened(segment);
    // The file's name has to survive a crash as well.
    if (this.#options.sync !== 'never') await syncDirectory(dirname(segment.path));
    return { segment, file };
  }

  /**
   * Cuts off what a failed write left, so that no refused record is ever read. After an error of the device rather than of
   * space (`distrust`), or when even that fails, the segment is given up with what it has acknowledged.
   */
  async #undo(distrust: boolean): Promise<void> {
    const segment = this.#current;
    if (segment === undefined || this.#file === undefined) return;
    try {
      await this.#file.truncate(segment.bytes);
      if (distrust && segment.bytes > 0) this.#retire();
    } catch (error) {
      this.#options.log('error', 'a spool segment could not be cut back after a failed write; going on in a new one', {
        segment: segment.segment,
        cause: String(error),
      });
      this.#retire();
    }
  }

  /** Gives the current segment up for a new one. `#current` keeps telling where the spool ends. */
  #retire(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file === undefined) return;
    const retired = (this.#options.sync === 'interval' ? file.sync() : Promise.resolve())
      .finally(() => file.close())
      .catch(error => this.#options.log('error', 'a spool segment could not be closed', { cause: String(error) }))
      .then(() => void this.#retiring.delete(retired));
    this.#retiring.add(retired);
  }

  #syncSoon(file: SegmentFile): void {
    this.#syncTimer ??= setTimeout(() => {
      this.#syncTimer = undefined;
      // A file that was retired in the meantime has been synced by that.
      if (file !== this.#file) return;
      file.sync().catch(error => this.#options.log('error', 'the spool could not be synced', { cause: String(error) }));
    }, this.#options.syncIntervalMs).unref();
  }
}

export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function refusalFor(error: unknown): TracekinError {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? new TracekinError('overloaded', 'the disk that holds the spool is full', { cause: error, retryAfterMs: 5000 })
    : new TracekinError('unavailable', 'the spool cannot be written', { cause: error, retryAfterMs: 5000 });
}
