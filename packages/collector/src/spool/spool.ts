import { existsSync } from 'node:fs';
import { mkdir, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { TracekinError } from '@tracekin/model';
import { type Log, noLog } from '../log.ts';
import { BatchPlans } from './batch-plans.ts';
import { GroupCommit, type SpoolEntry, type SyncMode } from './group-commit.ts';
import { lockDirectory } from './lock.ts';
import { comparePositions, type SpoolPosition, type SpoolRange } from './position.ts';
import { setDamageAside } from './quarantine.ts';
import { type RecordInfo, recordHeaderBytes } from './record.ts';
import { type OpenSegmentFile, openSegmentFile, segmentPreamble } from './segment-file.ts';
import { formatSegmentName, newNonce, parseSegmentName } from './segment-name.ts';
import { readSegment, type SegmentDamage } from './segment-reader.ts';
import { StateFile } from './state-file.ts';

export interface SpoolOptions {
  /** Created when missing. One process at a time. */
  readonly directory: string;
  /** Segment files together, drained or not, that are more than this refuse further records. Default 2 GiB. */
  readonly maxBytes?: number;
  /** A segment that has reached this is closed. Default 64 MiB, or a sixteenth of `maxBytes` if that is less. */
  readonly segmentBytes?: number;
  /** Default `interval`. */
  readonly sync?: SyncMode;
  /** For `interval`. Default 200. */
  readonly syncIntervalMs?: number;
  readonly log?: Log;
  /** For tests that make the disk fail. */
  readonly openFile?: OpenSegmentFile;
}

/** A record as it was appended. */
export interface SpoolRecord extends RecordInfo, SpoolRange {
  readonly payload: Uint8Array;
}

export interface SpoolDamage extends SpoolRange {
  readonly what: SegmentDamage['what'];
  /** What the record's header said, when that is intact. */
  readonly record?: RecordInfo | undefined;
}

interface Segment {
  readonly segment: number;
  readonly nonce: number;
  readonly path: string;
  bytes: number;
}

/**
 * Append-only files between accepting spans and storing them. `append` resolves when the record survives what the sync mode
 * says; `read` gives records back in the same order, also after a crash; `plans` says which of them are stored, and
 * what is in front of them is deleted, a segment at a time.
 */
export class Spool implements AsyncDisposable {
  readonly directory: string;
  readonly maxBytes: number;
  readonly plans: BatchPlans;
  readonly #log: Log;
  readonly #damageListeners: ((damage: SpoolDamage) => void)[] = [];
  readonly #segments: Map<number, Segment>;
  readonly #commit: GroupCommit;
  readonly #state: StateFile;
  readonly #unlock: () => Promise<void>;
  readonly #deleting = new Set<Promise<void>>();
  #end: SpoolPosition;

  /** Use `openSpool`. */
  constructor(
    options: SpoolOptions,
    opened: {
      segments: Map<number, Segment>;
      state: StateFile;
      plans: (released: (upTo: SpoolPosition) => void) => BatchPlans;
      end: SpoolPosition;
      unlock: () => Promise<void>;
    },
  ) {
    this.directory = options.directory;
    this.maxBytes = options.maxBytes ?? 2 * 2 ** 30;
    this.#log = options.log ?? noLog;
    this.#segments = opened.segments;
    this.#state = opened.state;
    this.#end = opened.end;
    this.#unlock = opened.unlock;
    this.plans = opened.plans(upTo => this.#release(upTo));
    this.#commit = new GroupCommit({
      segmentBytes: options.segmentBytes ?? Math.max(1 << 16, Math.min(64 << 20, Math.floor(this.maxBytes / 16))),
      sync: options.sync ?? 'interval',
      syncIntervalMs: options.syncIntervalMs ?? 200,
      openFile: options.openFile ?? openSegmentFile,
      log: this.#log,
      nextSegment: () => {
        const name = { segment: this.#end.segment + 1, nonce: newNonce() };
        this.#end = { segment: name.segment, offset: 0 };
        return { ...name, path: join(this.directory, formatSegmentName(name)), bytes: 0 };
      },
      opened: segment => void this.#segments.set(segment.segment, segment),
    });
    this.#release(this.plans.drained);
  }

  /** `listener` hears of every damaged piece that reading meets for the first time. */
  onDamage(listener: (damage: SpoolDamage) => void): void {
    this.#damageListeners.push(listener);
  }

  /** Behind the last record that can be read. */
  get end(): SpoolPosition {
    return this.#commit.end ?? this.#end;
  }

  /** Groups of records that were written together since the start, and the records in them. */
  get groupCounts(): { readonly groups: number; readonly records: number } {
    return this.#commit.counts;
  }

  /** Bytes of segment files and of records that wait to be written. */
  get bytes(): number {
    let bytes = this.#commit.waitingBytes;
    for (const segment of this.#segments.values()) bytes += segment.bytes;
    return bytes;
  }

  /** Bytes from the first record that is not known to be stored to the end. */
  get backlogBytes(): number {
    const { drained } = this.plans;
    let bytes = 0;
    for (const segment of this.#segments.values()) {
      if (segment.segment < drained.segment) continue;
      const from = segment.segment === drained.segment ? drained.offset : 0;
      bytes += Math.max(0, segment.bytes - Math.max(from, segmentPreamble.length));
    }
    return bytes;
  }

  /** The error that an append of `bytes` would meet now; undefined when there is room. */
  refusal(bytes: number): TracekinError | undefined {
    if (this.bytes + bytes + recordHeaderBytes <= this.maxBytes) return undefined;
    if (bytes > this.maxBytes) {
      return new TracekinError(
        'too-large',
        `a message of ${bytes} bytes can never fit into a spool of ${this.maxBytes}`,
      );
    }
    return new TracekinError('overloaded', `the spool has reached its limit of ${this.maxBytes} bytes`, {
      retryAfterMs: 5000,
    });
  }

  /**
   * Resolves with where the record is once it is durable. `committed` is called just before, in the order of appends, and
   * must not throw. Rejects with `overloaded` at the limit or when the disk is full, and with `unavailable`.
   */
  append(entry: SpoolEntry, committed?: (range: SpoolRange) => void): Promise<SpoolRange> {
    const refusal = this.refusal(entry.payload.length);
    return refusal === undefined ? this.#commit.append(entry, committed) : Promise.reject(refusal);
  }

  /**
   * Intact records that start at or behind `from` and end at or before `to`, which is at most `end`, oldest first. Damaged
   * ones are left out, copied to the `corrupt` folder and reported; so are segments that somebody deleted. Rejects with the
   * platform's error when the disk cannot be read.
   */
  async *read(from: SpoolPosition, to: SpoolPosition): AsyncGenerator<SpoolRecord> {
    const wanted = [...this.#segments.values()]
      .filter(({ segment }) => segment >= from.segment && segment <= to.segment)
      .sort((a, b) => a.segment - b.segment);
    for (const { segment, nonce, path, bytes } of wanted) {
      const start = segment === from.segment ? from.offset : 0;
      const end = segment === to.segment ? Math.min(to.offset, bytes) : bytes;
      if (!existsSync(path)) {
        // A volume that is away may come back; a file that somebody deleted will not. The volume may have come back between
        // the two looks, so the file is gone only if it is missing beside the state.
        if (!existsSync(join(this.directory, 'state')) || existsSync(path))
          throw new Error(`the spool directory ${this.directory} is gone`);
        this.#segments.delete(segment);
        this.#log('error', 'a spool segment is gone, with the records in it', { path, bytes });
        continue;
      }
      for await (const item of readSegment(path, nonce, start, end)) {
        const range = { from: { segment, offset: item.from }, to: { segment, offset: item.to } };
        if (item.kind === 'record') {
          const { format, transport, spanCount, acceptedAt, payload } = item;
          yield { ...range, format, transport, spanCount, acceptedAt, payload };
        } else {
          await this.#damaged(path, { ...range, what: item.what, record: item.record });
        }
      }
    }
  }

  /** Waits for appends under way, makes them durable and gives the directory back. Later appends reject. */
  async close(): Promise<void> {
    await this.#commit.close();
    await Promise.all(this.#deleting);
    await this.#state.close();
    await this.#unlock();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #damaged(path: string, damage: SpoolDamage): Promise<void> {
    const { segment, offset } = damage.from;
    const aside = await setDamageAside(this.directory, path, damage).catch(error => {
      this.#log('error', 'damaged spool bytes could not be set aside', { cause: String(error) });
      return undefined;
    });
    // Met before, by this process or by one that was stopped before it got further.
    if (aside === 'known') return;
    const spans = damage.record?.spanCount;
    this.#log('error', damageText[damage.what], { segment, offset, bytes: damage.to.offset - offset, spans, aside });
    for (const listener of this.#damageListeners) listener(damage);
  }

  /** Deletes the segments of which everything is stored, the one that is being written excepted. */
  #release(upTo: SpoolPosition): void {
    for (const [number, { path, bytes }] of this.#segments) {
      const stored = number < upTo.segment || (number === upTo.segment && upTo.offset >= bytes);
      if (!stored || number === this.#commit.end?.segment) continue;
      this.#segments.delete(number);
      const deleted = unlink(path)
        .catch(error =>
          this.#log('warn', 'a drained spool segment could not be deleted', { path, cause: String(error) }),
        )
        .then(() => void this.#deleting.delete(deleted));
      this.#deleting.add(deleted);
    }
  }
}

const damageText: Record<SpoolDamage['what'], string> = {
  torn: 'the spool ends in a record that a crash cut short',
  zeros: 'the spool holds a stretch of zeros where records should be',
  altered: 'a spool record was altered on disk and is left out',
};

/**
 * Takes the directory and finds what an earlier process left. Reads no records yet, so it takes milliseconds whatever the
 * backlog. Rejects with `invalid-configuration` when another process has the directory or it cannot be used.
 */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { directory, log = noLog } = options;
  await mkdir(directory, { recursive: true, mode: 0o700 }).catch(error => {
    throw new TracekinError('invalid-configuration', `the spool directory ${directory} cannot be created`, {
      cause: error,
    });
  });
  const unlock = await lockDirectory(directory);
  try {
    const segments = await findSegments(directory, log);
    const { file, state, damaged } = await StateFile.open(join(directory, 'state'));
    if (damaged > 0)
      log('error', 'the spool state has damaged slots; going on from the newest intact one', { damaged });
    const numbers = [...segments.keys()].sort((a, b) => a - b);
    if (state === undefined && numbers.length > 0) {
      log('error', 'the spool state is lost: everything in the spool is written again, which may store spans twice');
    }
    const drained = state?.drained ?? { segment: numbers[0] ?? 0, offset: 0 };
    const plans = state?.plans ?? [];
    const last = numbers.at(-1);
    const ends = [drained, ...plans.map(({ to }) => to)];
    if (last !== undefined) ends.push({ segment: last, offset: segments.get(last)!.bytes });
    return new Spool(options, {
      segments,
      state: file,
      plans: released => new BatchPlans(file, { drained, plans }, options.sync !== 'never', released),
      end: ends.sort(comparePositions).at(-1)!,
      unlock,
    });
  } catch (error) {
    await unlock();
    throw error;
  }
}

const ownNames = /^(lock|lock\..*|state|corrupt|rejected)$/;

async function findSegments(directory: string, log: Log): Promise<Map<number, Segment>> {
  const segments = new Map<number, Segment>();
  for (const name of (await readdir(directory)).sort()) {
    const parsed = parseSegmentName(name);
    const path = join(directory, name);
    if (parsed === undefined || segments.has(parsed.segment)) {
      if (!ownNames.test(name))
        log('warn', 'a file in the spool directory is not part of the spool; it is left alone', { path });
      continue;
    }
    segments.set(parsed.segment, { ...parsed, path, bytes: (await stat(path)).size });
  }
  return segments;
}
