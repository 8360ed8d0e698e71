import { parseHex32 } from '@tracekin/codec';
import { linkSpans, type Span, traceTimestamp } from '@tracekin/model';
import type { CallLimits, Connection } from '../connection.ts';
import { encodeBlock } from '../native/block.ts';
import { ByteWriter } from '../native/byte-writer.ts';
import type { Block } from '../native/decode-blocks.ts';
import { DictionaryColumn } from '../native/dictionary-column.ts';
import { readTraces } from '../read/read-traces.ts';
import { hexAt, numberAt, stringColumn, uint64Column } from '../read/span-rows.ts';
import { spansOfTraces } from '../read/traces-sql.ts';
import { CHECKPOINTS, type Layout, LINKS, TOUCHES, tableName } from '../schema/tables.ts';
import { bucketOf, dayOf } from '../write/bucket.ts';
import { type LinkRows, linkColumns, type TraceLinks } from './column-linker.ts';
import { linkRowsFromBlocks } from './link-rows.ts';
import { formatLinks } from './link-signature.ts';
import {
  COLUMN_LINKER_COLUMNS,
  checkpoints,
  LINK_COLUMNS,
  MINUTE_MS,
  type MillisWindow,
  settledLinks,
  settledTraces,
  touchesAfter,
  traceCount,
  traceIdsOfSlice,
  writingServers,
} from './link-sql.ts';

/** A change to table `links`: traces that start at `startMs` with these links, one more or one less. */
export interface LinkChange {
  readonly low: string;
  readonly startMs: number;
  readonly links: string;
  readonly sign: number;
}

/** Some 4 MB of ids. */
const SLICE_TRACES = 500_000;

/** A batch that touched traces. */
export interface Touch {
  readonly seq: number;
  /** low, high of the traces' low ids. */
  readonly traceWords: Uint32Array;
}

/** The tables behind dependency links. No state of its own. */
export class LinkStore {
  readonly #connection: Connection;
  readonly #layout: Layout;

  constructor(connection: Connection, layout: Layout) {
    this.#connection = connection;
    this.#layout = layout;
  }

  /**
   * Start and links of traces from their spans as they are now. Traces that are gone are missing. Adds to `minutes` those in
   * which their spans start: a trace was settled in one of them if at all.
   */
  async linksOf(lowIds: readonly string[], limits: CallLimits = {}, minutes?: Set<number>): Promise<TraceLinks[]> {
    if (lowIds.length === 0) return [];
    const sql = spansOfTraces(this.#layout, lowIds, COLUMN_LINKER_COLUMNS);
    const blocks = await this.#connection.query({ text: `${sql.text}\nORDER BY trace_low` }, limits);
    return this.linksOfRows(linkRowsFromBlocks(blocks), limits, minutes);
  }

  /** The same for traces all of whose rows are given. Only those that are not simple are read. */
  async linksOfRows(rows: LinkRows, limits: CallLimits = {}, minutes?: Set<number>): Promise<TraceLinks[]> {
    if (minutes !== undefined) addMinutes(rows, minutes);
    const traces = linkColumns(rows);
    const hard = traces.filter(({ links }) => links === undefined).map(({ low }) => low);
    if (hard.length === 0) return traces;
    const spans = await readTraces(this.#connection, this.#layout, hard, limits, LINK_COLUMNS);
    const simple = traces.filter(({ links }) => links !== undefined);
    return [...simple, ...Array.from(spans, ([low, ofTrace]) => modelLinks(low, ofTrace))];
  }

  /** Rows of `links` about traces, summed; those that cancel out are left out. */
  async settled(lowIds: readonly string[], minutes: readonly number[]): Promise<LinkChange[]> {
    if (lowIds.length === 0 || minutes.length === 0) return [];
    const found: LinkChange[] = [];
    for (const block of await this.#connection.query(settledTraces(this.#layout, lowIds, minutes))) {
      const low = uint64Column(block, 'trace_low');
      const start = uint64Column(block, 'start_ms');
      const links = stringColumn(block, 'links');
      const traces = uint64Column(block, 'traces');
      for (let row = 0; row < block.rows; row++) {
        found.push({
          low: hexAt(low, row),
          startMs: numberAt(start, row),
          links: links[row]!,
          sign: signedAt(traces, row),
        });
      }
    }
    return found;
  }

  /** Traces of a window by their links' text. */
  async sums(window: MillisWindow, unsettled: readonly string[], limits: CallLimits): Promise<[string, number][]> {
    const sums: [string, number][] = [];
    for (const block of await this.#connection.query(settledLinks(this.#layout, window, unsettled), limits)) {
      const links = stringColumn(block, 'links');
      const traces = uint64Column(block, 'traces');
      for (let row = 0; row < block.rows; row++) sums.push([links[row]!, signedAt(traces, row)]);
    }
    return sums;
  }

  /**
   * Writes changes. The engine gives up before this call does: a change that came through after the next round has looked
   * would count twice.
   */
  async change(changes: readonly LinkChange[]): Promise<void> {
    if (changes.length === 0) return;
    await this.#connection.insert(tableName(this.#layout, LINKS), encodeChanges(changes), {
      timeoutMs: 60_000,
      settings: { max_execution_time: 20, timeout_overflow_mode: 'throw', max_partitions_per_insert_block: '0' },
    });
  }

  async touch(server: string, seq: number, traceWords: Uint32Array, limits: CallLimits): Promise<void> {
    await this.#connection.insert(tableName(this.#layout, TOUCHES), encodeTouch(server, seq, traceWords), limits);
  }

  /** The last settled batch of each server, in the order of its sequence. */
  async checkpoints(): Promise<Map<string, number>> {
    return serverNumbers(await this.#connection.query(checkpoints(this.#layout)));
  }

  /** The last batch of each server. */
  async servers(): Promise<Map<string, number>> {
    return serverNumbers(await this.#connection.query(writingServers(this.#layout)));
  }

  async saveCheckpoint(server: string, seq: number): Promise<void> {
    const name = new ByteWriter();
    const number = new ByteWriter();
    name.string(server);
    number.uint64Number(seq);
    const block = encodeBlock(1, [
      { name: 'server', type: 'String', data: name },
      { name: 'seq', type: 'UInt64', data: number },
    ]);
    await this.#connection.insert(tableName(this.#layout, CHECKPOINTS), block);
  }

  async touchesAfter(server: string, after: number): Promise<Touch[]> {
    const touches: Touch[] = [];
    for (const block of await this.#connection.query(touchesAfter(this.#layout, server, after))) {
      const seq = uint64Column(block, 'seq');
      const traces = block.columns.get('traces');
      if (traces?.kind !== 'array' || traces.items.kind !== 'uint64') continue;
      for (let row = 0; row < block.rows; row++) {
        const from = row === 0 ? 0 : traces.ends[row - 1]! * 2;
        touches.push({ seq: numberAt(seq, row), traceWords: traces.items.words.slice(from, traces.ends[row]! * 2) });
      }
    }
    return touches;
  }

  /** In how many slices of `traceIds` all traces can be read without much memory; 0 when there are none. */
  async traceSlices(): Promise<number> {
    const [block] = await this.#connection.query(traceCount(this.#layout));
    const count = block === undefined ? 0 : numberAt(uint64Column(block, 'rows'), 0);
    return count === 0 ? 0 : 2 ** Math.ceil(Math.log2(Math.max(1, count / SLICE_TRACES)));
  }

  /** low, high of the low ids of all traces in one of `slices` (a power of two) ranges. */
  async traceIds(slice: number, slices: number): Promise<Uint32Array[]> {
    const blocks = await this.#connection.query(traceIdsOfSlice(this.#layout, slice, slices));
    return blocks.map(block => uint64Column(block, 'trace_low'));
  }
}

function addMinutes({ count, timestamps }: LinkRows, minutes: Set<number>): void {
  let previous = -1;
  for (let row = 0; row < count; row++) {
    const minute = Math.floor(numberAt(timestamps, row) / (MINUTE_MS * 1000));
    if (minute !== previous) minutes.add(minute);
    previous = minute;
  }
}

function modelLinks(low: string, spans: readonly Span[]): TraceLinks {
  return { low, start: traceTimestamp(spans), links: formatLinks(linkSpans(spans)) };
}

/** Sums are small: the high half only tells the sign. */
function signedAt(words: Uint32Array, row: number): number {
  return words[row * 2]! + (words[row * 2 + 1]! | 0) * 0x1_0000_0000;
}

function serverNumbers(blocks: readonly Block[]): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const block of blocks) {
    const server = stringColumn(block, 'server');
    const seq = uint64Column(block, 'seq');
    for (let row = 0; row < block.rows; row++) numbers.set(server[row]!, numberAt(seq, row));
  }
  return numbers;
}

function encodeChanges(changes: readonly LinkChange[]): Buffer {
  const day = new ByteWriter();
  const minute = new ByteWriter();
  const trace = new ByteWriter();
  const start = new ByteWriter();
  const links = new DictionaryColumn();
  const sign = new ByteWriter();
  for (const change of changes) {
    day.uint32(dayOf(bucketOf(change.startMs * 1000)));
    minute.uint32(Math.floor(change.startMs / MINUTE_MS));
    trace.uint64(parseHex32(change.low, 0), parseHex32(change.low, 8));
    start.uint64Number(change.startMs);
    links.push(change.links);
    sign.uint8(change.sign & 0xff);
  }
  return encodeBlock(changes.length, [
    { name: 'day', type: 'UInt32', data: day },
    { name: 'minute', type: 'UInt32', data: minute },
    { name: 'trace_low', type: 'UInt64', data: trace },
    { name: 'start_ms', type: 'UInt64', data: start },
    { name: 'links', type: 'LowCardinality(String)', data: links },
    { name: 'sign', type: 'Int8', data: sign },
  ]);
}

function encodeTouch(server: string, seq: number, traceWords: Uint32Array): Buffer {
  const day = new ByteWriter();
  const name = new ByteWriter();
  const number = new ByteWriter();
  const traces = new ByteWriter(traceWords.byteLength + 16);
  day.uint32(Math.floor(Date.now() / 86_400_000));
  name.string(server);
  number.uint64Number(seq);
  traces.uint64Number(traceWords.length / 2);
  traces.append(new Uint8Array(traceWords.buffer, traceWords.byteOffset, traceWords.byteLength));
  return encodeBlock(1, [
    { name: 'day', type: 'UInt32', data: day },
    { name: 'server', type: 'String', data: name },
    { name: 'seq', type: 'UInt64', data: number },
    { name: 'traces', type: 'Array(UInt64)', data: traces },
  ]);
}
