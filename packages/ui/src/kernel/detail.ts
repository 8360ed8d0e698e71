import type { SpanReader } from './read-spans.ts';
import { CLIENT, KINDS, RECORD_SHARED, type Records, SERVER } from './records.ts';
import { formatSpanId } from './span-id.ts';
import type { Trace, TraceSource } from './trace.ts';

/** One side of a span as it was recorded: of a call seen by both there are two. */
export interface SpanSide {
  readonly kind: (typeof KINDS)[number];
  readonly shared: boolean;
  readonly service: string;
  /** `10.0.0.1:8080`, empty when unknown. */
  readonly address: string;
  readonly remoteService: string;
  readonly name: string;
  /** µs from the trace start as reported, without correction; -1 when not reported. */
  readonly start: number;
  readonly duration: number;
  readonly tags: readonly (readonly [key: string, value: string])[];
  readonly annotations: readonly { readonly time: number; readonly value: string }[];
}

/** Everything about one row. */
export interface SpanDetail {
  readonly row: number;
  readonly traceId: string;
  readonly id: string;
  /** As reported; empty for a root. It may name a span that is not in the trace. */
  readonly parentId: string;
  /** Rows whose links name this span. */
  readonly linkedFrom: readonly number[];
  readonly sides: readonly SpanSide[];
  /** The reported pieces, indented JSON. */
  readonly raw: readonly string[];
  /** µs by which clocks were corrected, per side. */
  readonly corrected: readonly number[];
}

/** @param linkedFrom by span id, see `linksBack` */
export function spanDetail(
  reader: SpanReader,
  trace: Trace,
  source: TraceSource,
  linkedFrom: ReadonlyMap<string, readonly number[]>,
  row: number,
): SpanDetail {
  const { records } = reader;
  const pieces = piecesOf(source, row);
  const client = pieces.some(piece => records.kind.at(piece) === CLIENT);
  const isServerHalf = (piece: number): boolean =>
    (records.flags.at(piece) & RECORD_SHARED) !== 0 || (client && records.kind.at(piece) === SERVER);
  const halves = [pieces.filter(piece => !isServerHalf(piece)), pieces.filter(isServerHalf)].filter(
    half => half.length > 0,
  );
  const sides = halves.map(half => readSide(records, trace, half));
  const shown = halves.map((_, i) => (i === 0 ? (trace.start[row] as number) : (trace.serverStart[row] as number)));
  const id = formatSpanId(trace.idHi[row] as number, trace.idLo[row] as number);
  return {
    row,
    traceId: trace.traceId,
    id,
    parentId: parentOf(records, pieces),
    linkedFrom: linkedFrom.get(id) ?? [],
    sides,
    raw: pieces.map(piece => indented(reader.text(records.from.at(piece), records.to.at(piece)))),
    corrected: sides.map((side, i) =>
      side.start < 0 || (shown[i] as number) < 0 ? 0 : (shown[i] as number) - side.start,
    ),
  };
}

export function piecesOf(source: TraceSource, row: number): number[] {
  const from = row === 0 ? 0 : (source.pieceEnd[row - 1] as number);
  return Array.from(source.pieces.subarray(from, source.pieceEnd[row]));
}

function parentOf(records: Records, pieces: readonly number[]): string {
  const piece = pieces.find(p => (records.flags.at(p) & 1) !== 0);
  return piece === undefined ? '' : formatSpanId(records.parentHi.at(piece), records.parentLo.at(piece));
}

/** Pieces of one side joined: the first to know a thing decides, but the last value of a tag. */
function readSide(records: Records, trace: Trace, pieces: readonly number[]): SpanSide {
  const first = (read: (piece: number) => number, none: number): number =>
    pieces.map(read).find(value => value !== none) ?? none;
  const endpoint = first(piece => records.endpoint.at(piece), -1);
  const service = first(
    piece => (records.endpoint.at(piece) < 0 ? -1 : (records.endpoints.service[records.endpoint.at(piece)] as number)),
    -1,
  );
  const timestamp = first(piece => records.timestamp.at(piece), 0);
  const tags = new Map<string, string>();
  const annotations: { time: number; value: string }[] = [];
  for (const piece of pieces) {
    for (let t = piece === 0 ? 0 : records.tagEnd.at(piece - 1); t < records.tagEnd.at(piece); t++) {
      tags.set(
        records.keys.strings[records.tagKey.at(t)] as string,
        records.values.strings[records.tagValue.at(t)] as string,
      );
    }
    for (let a = piece === 0 ? 0 : records.annotationEnd.at(piece - 1); a < records.annotationEnd.at(piece); a++) {
      const value = records.values.strings[records.annotationValue.at(a)] as string;
      annotations.push({ time: records.annotationTime.at(a) - trace.startedAt, value });
    }
  }
  return {
    kind: KINDS[first(piece => records.kind.at(piece), 0)] ?? '',
    shared: pieces.some(piece => (records.flags.at(piece) & RECORD_SHARED) !== 0),
    service: records.services.strings[service] ?? '',
    address: endpoint < 0 ? '' : address(records, endpoint),
    remoteService: records.services.strings[first(piece => records.remoteService.at(piece), -1)] ?? '',
    name: records.names.strings[first(piece => records.name.at(piece), -1)] ?? '',
    start: timestamp === 0 ? -1 : timestamp - trace.startedAt,
    duration: first(piece => records.duration.at(piece), 0),
    tags: [...tags].sort(([a], [b]) => (a < b ? -1 : 1)),
    annotations: annotations.sort((a, b) => a.time - b.time),
  };
}

function address(records: Records, endpoint: number): string {
  const { ipv4, ipv6, port } = records.endpoints;
  const host = ipv4[endpoint] || (ipv6[endpoint] ? `[${ipv6[endpoint]}]` : '');
  return port[endpoint] === 0 ? host : `${host}:${port[endpoint]}`;
}

function indented(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), undefined, 2);
  } catch {
    return json;
  }
}
