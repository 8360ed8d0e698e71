import { type CriticalPath, criticalPath } from './critical-path.ts';
import { piecesOf, type SpanDetail, spanDetail } from './detail.ts';
import { FindIndex } from './find.ts';
import { parseFind } from './find-query.ts';
import { type Flame, leftHeavyFlame, type PathTree, pathTree, sandwich, timeFlame } from './flame.ts';
import { joinReports } from './problems.ts';
import type { SpanReader } from './read-spans.ts';
import { groupRepeats, type Repeats } from './repeats.ts';
import { selfTimes } from './self-time.ts';
import { linksBack } from './span-links.ts';
import { type StatsBy, type StatsRow, tagKeys, traceStats } from './stats.ts';
import { type PackedStrings, packStrings } from './string-table.ts';
import { type TagColumn, tagColumn, tagValues } from './tag-column.ts';
import { buildTrace, ERROR, type Trace, type TraceSource } from './trace.ts';
import { sortedByKey } from './tree.ts';

/** What the screen gets when a trace opens. */
export interface OpenedTrace {
  readonly trace: Trace;
  readonly repeats: Repeats;
  readonly self: Float64Array;
}

/** One of several traces in a file. */
export interface TraceListing {
  readonly traceId: string;
  readonly spans: number;
  /** Of a span without parent, else of the first one. */
  readonly service: string;
  readonly name: string;
  /** Epoch µs of the first start, 0 unknown. */
  readonly startedAt: number;
  readonly duration: number;
}

/** Annotations of all rows in the order of time. */
export interface TraceEvents {
  readonly row: Int32Array;
  readonly time: Float64Array;
  /** Number of the text in `values`. */
  readonly value: Int32Array;
  readonly values: PackedStrings;
}

export type SortColumn = 'start' | 'duration' | 'self' | 'service' | 'name' | 'depth' | 'error' | `tag:${string}`;

/**
 * One opened body: the reader with its bytes and columns, and all that was computed from it. Lives in the worker; what the
 * main thread asks for is computed when it is first asked for.
 */
export class TraceSession {
  readonly reader: SpanReader;
  #trace: Trace | undefined;
  #source: TraceSource | undefined;
  #self: Float64Array | undefined;
  #path: CriticalPath | undefined;
  #find: FindIndex | undefined;
  #tree: PathTree | undefined;
  #linksBack: ReadonlyMap<string, readonly number[]> | undefined;

  constructor(reader: SpanReader) {
    this.reader = reader;
  }

  /** The traces of the body, the longest list first as they came. Ids that differ only by their high 64 bits are one trace. */
  traces(): TraceListing[] {
    const { records } = this.reader;
    const byTrace = new Map<
      string,
      { first: number; root: number; spans: number; from: number; to: number; traceId: string }
    >();
    for (let r = 0; r < records.count; r++) {
      const traceId = records.traceIds.strings[records.trace.at(r)] as string;
      const key = traceId.slice(-16);
      const timestamp = records.timestamp.at(r);
      let one = byTrace.get(key);
      if (one === undefined) {
        one = { first: r, root: -1, spans: 0, from: Number.POSITIVE_INFINITY, to: 0, traceId };
        byTrace.set(key, one);
      }
      if (traceId.length > one.traceId.length) one.traceId = traceId;
      one.spans++;
      if (one.root < 0 && (records.flags.at(r) & 1) === 0) one.root = r;
      if (timestamp > 0) {
        one.from = Math.min(one.from, timestamp);
        one.to = Math.max(one.to, timestamp + records.duration.at(r));
      }
    }
    return [...byTrace.values()].map(({ first, root, spans, from, to, traceId }) => {
      const shown = root < 0 ? first : root;
      const endpoint = records.endpoint.at(shown);
      return {
        traceId,
        spans,
        service: endpoint < 0 ? '' : (records.services.strings[records.endpoints.service[endpoint] as number] ?? ''),
        name: records.names.strings[records.name.at(shown)] ?? '',
        startedAt: Number.isFinite(from) ? from : 0,
        duration: Number.isFinite(from) ? to - from : 0,
      };
    });
  }

  /** @param traceId one of several in the body; all records are one trace when absent */
  build(options: { rawClocks: boolean; traceId?: string }): OpenedTrace {
    const { records } = this.reader;
    const { traceId } = options;
    const chosen =
      traceId === undefined
        ? undefined
        : records.traceIds.strings.map(id => id.slice(-16) === traceId.padStart(16, '0').slice(-16));
    const built = buildTrace(records, {
      rawClocks: options.rawClocks,
      ...(chosen !== undefined && { wanted: (record: number): boolean => chosen[records.trace.at(record)] === true }),
    });
    const trace = { ...built.trace, problems: joinReports(this.reader.problems.report(), built.trace.problems) };
    this.#trace = trace;
    this.#source = built.source;
    this.#self = selfTimes(trace);
    this.#path = undefined;
    this.#find = undefined;
    this.#tree = undefined;
    this.#linksBack = undefined;
    return { trace, repeats: groupRepeats(trace), self: this.#self };
  }

  find(text: string): { rows: Int32Array; error: string } {
    const query = parseFind(text);
    if (!query.ok) return { rows: new Int32Array(0), error: query.message };
    const { trace, source, self } = this.#built();
    this.#find ??= new FindIndex(trace, source, this.reader.records, self);
    return { rows: this.#find.find(query.terms), error: '' };
  }

  detail(row: number): SpanDetail {
    const { trace, source } = this.#built();
    this.#linksBack ??= linksBack(this.reader.records, trace, source);
    return spanDetail(this.reader, trace, source, this.#linksBack, row);
  }

  criticalPath(): CriticalPath {
    this.#path ??= criticalPath(this.#built().trace);
    return this.#path;
  }

  stats(by: StatsBy, within?: StatsBy): StatsRow[] {
    const { trace, source, self } = this.#built();
    return traceStats({ trace, source, self, records: this.reader.records, path: this.criticalPath() }, by, within);
  }

  tagColumn(key: string): TagColumn {
    const { trace, source } = this.#built();
    return tagColumn(this.reader.records, source, trace.count, key);
  }

  tagKeys(): string[] {
    return tagKeys(this.reader.records, this.#built().source);
  }

  flame(mode: 'time' | 'heavy'): Flame {
    return mode === 'time' ? timeFlame(this.#built().trace) : leftHeavyFlame(this.paths());
  }

  sandwich(service: number, name: number): { above: Flame; below: Flame } {
    return sandwich(this.paths(), service, name);
  }

  paths(): PathTree {
    const { trace, self } = this.#built();
    this.#tree ??= pathTree(trace, self);
    return this.#tree;
  }

  events(): TraceEvents {
    const { trace, source } = this.#built();
    const { records } = this.reader;
    const rows: number[] = [];
    const values: number[] = [];
    for (let row = 0; row < trace.count; row++) {
      for (const piece of piecesOf(source, row)) {
        for (let a = piece === 0 ? 0 : records.annotationEnd.at(piece - 1); a < records.annotationEnd.at(piece); a++) {
          rows.push(row);
          values.push(records.annotationValue.at(a));
        }
      }
    }
    const order = sortedByKey(trace.annotationTime);
    const numbers = new Map<number, number>();
    const texts: string[] = [];
    const number = (value: number): number => {
      let known = numbers.get(value);
      if (known === undefined) {
        known = texts.length;
        numbers.set(value, known);
        texts.push(records.values.strings[value] as string);
      }
      return known;
    };
    return {
      row: Int32Array.from(order, i => rows[i] as number),
      time: Float64Array.from(order, i => trace.annotationTime[i] as number),
      value: Int32Array.from(order, i => number(values[i] as number)),
      values: packStrings(texts),
    };
  }

  /** All rows in the order of a column, ties in tree order. */
  sort(column: SortColumn, descending: boolean): Int32Array {
    const { trace, self } = this.#built();
    const order = sortedByKey(this.#sortKey(column, trace, self));
    return descending ? order.reverse() : order;
  }

  /** Indented JSON of the reported pieces of rows `from` to `to`. */
  json(from: number, to: number): string {
    const { source, trace } = this.#built();
    const texts: string[] = [];
    for (let row = from; row < Math.min(to, trace.count); row++) {
      for (const piece of piecesOf(source, row)) texts.push(this.#text(piece));
    }
    return `[\n${texts.join(',\n')}\n]`;
  }

  /** The reported pieces of the trace as they came, as one list: what "Download JSON" saves. */
  download(): Uint8Array {
    const { source } = this.#built();
    const { records } = this.reader;
    const order = Int32Array.from(source.pieces).sort();
    const size = order.reduce((sum, piece) => sum + records.to.at(piece) - records.from.at(piece) + 1, 2);
    const bytes = new Uint8Array(size);
    let at = 0;
    bytes[at++] = 0x5b;
    for (const [i, piece] of order.entries()) {
      if (i > 0) bytes[at++] = 0x2c;
      const text = this.reader.bytes.subarray(records.from.at(piece), records.to.at(piece));
      bytes.set(text, at);
      at += text.length;
    }
    bytes[at++] = 0x5d;
    return bytes.slice(0, at);
  }

  #text(piece: number): string {
    const { records } = this.reader;
    const text = this.reader.text(records.from.at(piece), records.to.at(piece));
    try {
      return JSON.stringify(JSON.parse(text), undefined, 2);
    } catch {
      return text;
    }
  }

  #sortKey(column: SortColumn, trace: Trace, self: Float64Array): Float64Array {
    if (column.startsWith('tag:')) {
      const { records } = this.reader;
      return textRanks(
        records.values.strings,
        tagValues(records, this.#built().source, trace.count, column.slice('tag:'.length)),
      );
    }
    switch (column as Exclude<SortColumn, `tag:${string}`>) {
      case 'start':
        return trace.start;
      case 'duration':
        return trace.duration;
      case 'self':
        return self;
      case 'depth':
        return Float64Array.from(trace.depth);
      case 'error':
        return Float64Array.from(trace.flags, flags => flags & ERROR);
      case 'service':
        return textRanks(this.reader.records.services.strings, trace.service);
      case 'name':
        return textRanks(this.reader.records.names.strings, trace.name);
      default:
        throw new Error(`no column ${column}`);
    }
  }

  #built(): { trace: Trace; source: TraceSource; self: Float64Array } {
    if (this.#trace === undefined || this.#source === undefined || this.#self === undefined)
      throw new Error('no trace is open');
    return { trace: this.#trace, source: this.#source, self: this.#self };
  }
}

function textRanks(strings: readonly string[], column: Int32Array): Float64Array {
  const sorted = [...strings.keys()].sort((a, b) => ((strings[a] as string) < (strings[b] as string) ? -1 : 1));
  const rank = new Float64Array(strings.length);
  for (const [place, number] of sorted.entries()) rank[number] = place + 1;
  return Float64Array.from(column, number => (number < 0 ? 0 : (rank[number] as number)));
}
