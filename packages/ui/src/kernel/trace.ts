import { Float64Column, Int32Column } from './columns.ts';
import { type MergedSpans, mergeRecords } from './merge.ts';
import { type ProblemReport, Problems } from './problems.ts';
import { RECORD_DEBUG, RECORD_ERROR, RECORD_ERROR_ANNOTATION, RECORD_SHARED, type Records } from './records.ts';
import { clockSkew } from './skew.ts';
import { formatSpanId } from './span-id.ts';
import { type PackedStrings, packStrings } from './string-table.ts';
import { buildTree, preOrder, SEVERAL_ROOTS, type SpanTree } from './tree.ts';

/** Bits of `Trace.flags`. */
export const ERROR = 1;
/** An annotation says "error", no tag does. */
export const ERROR_ANNOTATION = 2;
export const MISSING_PARENT = 4;
export const LOOP = 8;
/** No report has a start: drawn at the parent's. */
export const NO_TIME = 16;
/** No report has a duration: still running, or one-way. */
export const NO_DURATION = 32;
/** Moved by the clock-skew correction. */
export const SKEWED = 64;
/** Client and server half of one call. */
export const PAIR = 128;
export const DEBUG = 256;

/**
 * One trace as columns. Row `i` is the i-th span in pre-order, so that a subtree is the range `i` to `i + size[i]`, the
 * first child of `i` is `i + 1` and the next sibling `i + size[i]`. Everything on the screen is loops over this.
 */
export interface Trace {
  readonly traceId: string;
  readonly count: number;
  /** Epoch µs of the first start; 0 when no span has a time. */
  readonly startedAt: number;
  /** µs from the first start to the last end. */
  readonly traceDuration: number;
  /** µs from `startedAt`. */
  readonly start: Float64Array;
  /** µs; 0 where `NO_DURATION`. */
  readonly duration: Float64Array;
  /** Row of the parent, -1 for a root. */
  readonly parent: Int32Array;
  readonly depth: Int32Array;
  /** Rows of the subtree, itself included. */
  readonly size: Int32Array;
  /** Number in `services`; of a pair, the server's. -1 unknown. */
  readonly service: Int32Array;
  /** Of a pair, the client's service; otherwise -1. */
  readonly clientService: Int32Array;
  /** The other side as the span names it, -1 unknown. */
  readonly remoteService: Int32Array;
  readonly name: Int32Array;
  /** Number in `KINDS`. */
  readonly kind: Uint8Array;
  readonly flags: Uint16Array;
  /** Of a pair, the server half, µs from `startedAt`; -1 otherwise. */
  readonly serverStart: Float64Array;
  readonly serverDuration: Float64Array;
  readonly idHi: Uint32Array;
  readonly idLo: Uint32Array;
  /** Annotations of row `i` are `annotationEnd[i-1]` to `annotationEnd[i]`. */
  readonly annotationEnd: Int32Array;
  /** µs from `startedAt`. */
  readonly annotationTime: Float64Array;
  readonly services: PackedStrings;
  readonly names: PackedStrings;
  readonly maxDepth: number;
  readonly errors: number;
  readonly skewed: number;
  /** Reported pieces, before merging. */
  readonly reported: number;
  readonly problems: ProblemReport;
}

/** What stays in the worker: which records each row was made of. */
export interface TraceSource {
  readonly pieceEnd: Int32Array;
  readonly pieces: Int32Array;
}

export interface BuildOptions {
  /** Leave times as they were reported. */
  readonly rawClocks?: boolean;
  /** The records of the trace; all when absent. */
  readonly wanted?: (record: number) => boolean;
}

/** Merges, links, corrects and lays out. Never throws on any records. */
export function buildTrace(records: Records, options: BuildOptions = {}): { trace: Trace; source: TraceSource } {
  const problems = new Problems();
  const spans = mergeRecords(records, options.wanted, problems);
  const tree = buildTree(spans);
  const zero = new Float64Array(spans.count);
  const shift = options.rawClocks === true ? zero : clockSkew(records, spans, tree, preOrder(tree.parent, zero));
  const fold = foldPairs(spans, tree);
  return layRows(records, spans, tree, shift, fold, problems);
}

/** For each merged span the span whose row it shares: itself, or for a server half the client's. */
function foldPairs(spans: MergedSpans, tree: SpanTree): Int32Array {
  const count = spans.count;
  const rowOf = new Int32Array(count);
  const hasServer = new Uint8Array(count);
  for (let s = 0; s < count; s++) {
    const p = tree.parent[s] as number;
    const isHalf = p >= 0 && (spans.flags.at(s) & RECORD_SHARED) !== 0 && sameId(spans, p, s) && hasServer[p] === 0;
    rowOf[s] = isHalf ? p : s;
    if (isHalf) hasServer[p] = 1;
  }
  return rowOf;
}

function sameId(spans: MergedSpans, a: number, b: number): boolean {
  return spans.idHi.at(a) === spans.idHi.at(b) && spans.idLo.at(a) === spans.idLo.at(b);
}

function layRows(
  records: Records,
  spans: MergedSpans,
  tree: SpanTree,
  shift: Float64Array,
  fold: Int32Array,
  problems: Problems,
): { trace: Trace; source: TraceSource } {
  // Rows in the order of merged spans first: number, parent and times.
  const spanCount = spans.count;
  const rowOf = new Int32Array(spanCount);
  const spanOf = new Int32Column(Math.max(1, spanCount));
  for (let s = 0; s < spanCount; s++) {
    if (fold[s] !== s) continue;
    rowOf[s] = spanOf.length;
    spanOf.push(s);
  }
  const count = spanOf.length;
  const server = new Int32Array(count).fill(-1);
  for (let s = 0; s < spanCount; s++) {
    if (fold[s] === s) continue;
    rowOf[s] = rowOf[fold[s] as number] as number;
    server[rowOf[s] as number] = s;
  }
  const parent = new Int32Array(count).fill(-1);
  const begin = new Float64Array(count);
  let startedAt = Number.POSITIVE_INFINITY;
  for (let r = 0; r < count; r++) {
    const s = spanOf.at(r);
    const p = tree.parent[s] as number;
    if (p >= 0) parent[r] = rowOf[p] as number;
    begin[r] = timeOf(spans, shift, s) || timeOf(spans, shift, server[r] as number);
    if (begin[r] !== 0) startedAt = Math.min(startedAt, begin[r] as number);
    const half = timeOf(spans, shift, server[r] as number);
    if (half !== 0) startedAt = Math.min(startedAt, half);
  }
  if (startedAt === Number.POSITIVE_INFINITY) startedAt = 0;
  fillMissingStarts(parent, begin, startedAt);

  const order = preOrder(parent, begin);
  const place = new Int32Array(count);
  for (let i = 0; i < count; i++) place[order[i] as number] = i;

  const columns = {
    start: new Float64Array(count),
    duration: new Float64Array(count),
    parent: new Int32Array(count),
    depth: new Int32Array(count),
    size: new Int32Array(count).fill(1),
    service: new Int32Array(count),
    clientService: new Int32Array(count).fill(-1),
    remoteService: new Int32Array(count),
    name: new Int32Array(count),
    kind: new Uint8Array(count),
    flags: new Uint16Array(count),
    serverStart: new Float64Array(count).fill(-1),
    serverDuration: new Float64Array(count).fill(-1),
    idHi: new Uint32Array(count),
    idLo: new Uint32Array(count),
    annotationEnd: new Int32Array(count),
  };
  const annotations = new Float64Column();
  const pieces = new Int32Column(Math.max(1, spans.pieces.length));
  const pieceEnd = new Int32Array(count);
  let end = startedAt;
  let maxDepth = 0;
  let errors = 0;
  let skewed = 0;

  for (let i = 0; i < count; i++) {
    const r = order[i] as number;
    const s = spanOf.at(r);
    const half = server[r] as number;
    const own = timeOf(spans, shift, s);
    const halfStart = timeOf(spans, shift, half);
    const timed = own !== 0 ? s : half;
    let duration = timed >= 0 ? spans.duration.at(timed) : 0;
    if (duration === 0 && half >= 0 && halfStart !== 0 && spans.duration.at(half) > 0) {
      // The client never finished, its server did: the row is at least as long as what is known.
      duration = halfStart + spans.duration.at(half) - (begin[r] as number);
    }
    const p = parent[r] as number;
    const depth = p < 0 ? 0 : (columns.depth[place[p] as number] as number) + 1;
    let flags = flagBits(spans, tree, s) | (half >= 0 ? flagBits(spans, tree, half) | PAIR : 0);
    if (own === 0 && halfStart === 0) flags |= NO_TIME;
    if (duration <= 0) flags |= NO_DURATION;
    if (shift[s] !== 0 || (half >= 0 && shift[half] !== 0)) flags |= SKEWED;

    columns.start[i] = (begin[r] as number) - startedAt;
    columns.duration[i] = Math.max(0, duration);
    columns.parent[i] = p < 0 ? -1 : (place[p] as number);
    columns.depth[i] = depth;
    columns.flags[i] = flags;
    columns.idHi[i] = spans.idHi.at(s);
    columns.idLo[i] = spans.idLo.at(s);
    columns.kind[i] = spans.kind.at(s);
    columns.service[i] = spans.service.at(s);
    columns.remoteService[i] = spans.remoteService.at(s);
    columns.name[i] = spans.name.at(s);
    if (half >= 0) {
      columns.clientService[i] = spans.service.at(s);
      if (spans.service.at(half) >= 0) columns.service[i] = spans.service.at(half);
      // The server knows the route; the client often only the method.
      if (spans.name.at(half) >= 0) columns.name[i] = spans.name.at(half);
      if (halfStart !== 0) {
        columns.serverStart[i] = halfStart - startedAt;
        columns.serverDuration[i] = spans.duration.at(half);
        end = Math.max(end, halfStart + spans.duration.at(half));
      }
    }
    end = Math.max(end, (begin[r] as number) + Math.max(0, duration));
    if (depth > maxDepth) maxDepth = depth;
    if ((flags & ERROR) !== 0) errors++;
    if ((flags & SKEWED) !== 0) skewed++;
    if ((flags & MISSING_PARENT) !== 0) {
      problems.add('missing-parent', i, formatSpanId(spans.parentHi.at(s), spans.parentLo.at(s)));
    }
    if ((flags & LOOP) !== 0) problems.add('loop', i, formatSpanId(spans.idHi.at(s), spans.idLo.at(s)));
    if ((flags & NO_TIME) !== 0) problems.add('no-time', i, formatSpanId(spans.idHi.at(s), spans.idLo.at(s)));

    for (const side of [s, half]) {
      if (side < 0) continue;
      const from = side === 0 ? 0 : spans.pieceEnd.at(side - 1);
      for (let k = from; k < spans.pieceEnd.at(side); k++) {
        const record = spans.pieces.at(k);
        pieces.push(record);
        const annotationFrom = record === 0 ? 0 : records.annotationEnd.at(record - 1);
        for (let a = annotationFrom; a < records.annotationEnd.at(record); a++) {
          annotations.push(records.annotationTime.at(a) + (shift[side] as number) - startedAt);
        }
      }
    }
    columns.annotationEnd[i] = annotations.length;
    pieceEnd[i] = pieces.length;
  }
  for (let i = count - 1; i > 0; i--) {
    const p = columns.parent[i] as number;
    if (p >= 0) columns.size[p] = (columns.size[p] as number) + (columns.size[i] as number);
  }
  if (tree.root === SEVERAL_ROOTS) problems.add('several-roots', -1, '');

  const trace: Trace = {
    ...columns,
    traceId: longestTraceId(records, pieces),
    count,
    startedAt,
    traceDuration: end - startedAt,
    annotationTime: annotations.data.slice(0, annotations.length),
    services: packStrings(records.services.strings),
    names: packStrings(records.names.strings),
    maxDepth,
    errors,
    skewed,
    reported: pieces.length,
    problems: problems.report(),
  };
  return { trace, source: { pieceEnd, pieces: pieces.data.slice(0, pieces.length) } };
}

/** Epoch µs after correction, 0 when the span has no start or there is no such span. */
function timeOf(spans: MergedSpans, shift: Float64Array, s: number): number {
  if (s < 0) return 0;
  const timestamp = spans.timestamp.at(s);
  return timestamp === 0 ? 0 : timestamp + (shift[s] as number);
}

/** A span without a start is drawn where its nearest timed ancestor starts. Each chain is walked once. */
function fillMissingStarts(parent: Int32Array, begin: Float64Array, startedAt: number): void {
  const chain: number[] = [];
  for (let r = 0; r < begin.length; r++) {
    let at = r;
    while (at >= 0 && begin[at] === 0) {
      chain.push(at);
      at = parent[at] as number;
    }
    const start = at >= 0 ? (begin[at] as number) : startedAt;
    while (chain.length > 0) begin[chain.pop() as number] = start;
    // `startedAt` is 0 when nothing has a time; the value is then still 0 and the walk above stays short.
    if (startedAt === 0) return;
  }
}

function flagBits(spans: MergedSpans, tree: SpanTree, s: number): number {
  const record = spans.flags.at(s);
  let flags = 0;
  if ((record & RECORD_ERROR) !== 0) flags |= ERROR;
  else if ((record & RECORD_ERROR_ANNOTATION) !== 0) flags |= ERROR_ANNOTATION;
  if ((record & RECORD_DEBUG) !== 0) flags |= DEBUG;
  if (tree.orphan[s] === 1) flags |= MISSING_PARENT;
  if (tree.looped[s] === 1) flags |= LOOP;
  return flags;
}

/** A trace may carry 64- and 128-bit forms of its id at once; the long one identifies it. */
function longestTraceId(records: Records, pieces: Int32Column): string {
  let longest = '';
  let seen = -1;
  for (let k = 0; k < pieces.length; k++) {
    const number = records.trace.at(pieces.at(k));
    if (number === seen) continue;
    seen = number;
    const id = records.traceIds.strings[number] as string;
    if (id.length > longest.length) longest = id;
  }
  return longest;
}
