import { Float64Column, Int32Column, Uint8Column, Uint32Column } from './columns.ts';
import type { Problems } from './problems.ts';
import { CLIENT, KINDS, RECORD_HAS_PARENT, RECORD_SHARED, type Records, SERVER } from './records.ts';
import { formatSpanId, SpanIdTable } from './span-id.ts';

/**
 * Spans after the pieces of each are joined. The rule is `@tracekin/model`'s (zipkin.md 1.4): pieces with the same id, the
 * same `shared` and endpoints that do not contradict each other are one span. A call seen from both sides under one id
 * stays two spans here, the client's first; `tree.ts` hangs one below the other.
 */
export class MergedSpans {
  readonly idHi: Uint32Column = new Uint32Column();
  readonly idLo: Uint32Column = new Uint32Column();
  readonly parentHi: Uint32Column = new Uint32Column();
  readonly parentLo: Uint32Column = new Uint32Column();
  /** The bits of `Records.flags`, joined. */
  readonly flags: Uint8Column = new Uint8Column();
  readonly kind: Uint8Column = new Uint8Column();
  /** Epoch µs, 0 absent. */
  readonly timestamp: Float64Column = new Float64Column();
  readonly duration: Float64Column = new Float64Column();
  readonly service: Int32Column = new Int32Column();
  /** Number in the records' endpoints of what all pieces together say; -1 absent. */
  readonly endpoint: Int32Column = new Int32Column();
  readonly remoteService: Int32Column = new Int32Column();
  readonly name: Int32Column = new Int32Column();
  /** The records of span `s` are `pieces[pieceEnd[s-1] .. pieceEnd[s]]`. */
  readonly pieceEnd: Int32Column = new Int32Column();
  readonly pieces: Int32Column = new Int32Column();

  get count(): number {
    return this.flags.length;
  }
}

/** @param wanted the records that belong to the trace, or undefined for all */
export function mergeRecords(
  records: Records,
  wanted: ((record: number) => boolean) | undefined,
  problems: Problems,
): MergedSpans {
  const count = records.count;
  const first = new SpanIdTable(count);
  const last = new Int32Array(count).fill(-1);
  const next = new Int32Array(count).fill(-1);
  const order = new Int32Column(Math.max(1, count));
  for (let r = 0; r < count; r++) {
    if (wanted !== undefined && !wanted(r)) continue;
    const head = first.putIfAbsent(records.idHi.at(r), records.idLo.at(r), r);
    if (head < 0) {
      order.push(r);
      last[r] = r;
    } else {
      next[last[head] as number] = r;
      last[head] = r;
    }
  }

  const spans = new MergedSpans();
  const group: number[] = [];
  for (let i = 0; i < order.length; i++) {
    const head = order.at(i);
    if ((next[head] as number) < 0) {
      startSpan(spans, records, head);
      spans.pieces.push(head);
      spans.pieceEnd.push(spans.pieces.length);
      continue;
    }
    group.length = 0;
    for (let r = head; r >= 0; r = next[r] as number) group.push(r);
    mergeGroup(spans, records, group, problems);
  }
  return spans;
}

/** Joins the pieces that share one id. */
function mergeGroup(spans: MergedSpans, records: Records, group: number[], problems: Problems): void {
  group.sort((a, b) => comparePieces(records, a, b));
  const start = spans.count;
  let i = 0;
  while (i < group.length) {
    const head = group[i] as number;
    const shared = records.flags.at(head) & RECORD_SHARED;
    const tracker = new EndpointTracker(records);
    tracker.tryMerge(records.endpoint.at(head));
    const s = startSpan(spans, records, head);
    spans.pieces.push(head);
    i++;
    for (; i < group.length; i++) {
      const piece = group[i] as number;
      if ((records.flags.at(piece) & RECORD_SHARED) !== shared || !tracker.tryMerge(records.endpoint.at(piece))) break;
      joinPiece(spans, records, s, piece);
      spans.pieces.push(piece);
    }
    spans.endpoint.data[s] = tracker.endpoint();
    spans.pieceEnd.push(spans.pieces.length);
    if (s > start) {
      const before = s - 1;
      // Client first, so a server half that forgot to say it is shared can be told by the order.
      if (spans.kind.at(before) === CLIENT && spans.kind.at(s) === SERVER)
        spans.flags.data[s] = spans.flags.at(s) | RECORD_SHARED;
      if ((spans.flags.at(s) & RECORD_HAS_PARENT) === 0 && (spans.flags.at(before) & RECORD_HAS_PARENT) !== 0) {
        spans.flags.data[s] = spans.flags.at(s) | RECORD_HAS_PARENT;
        spans.parentHi.data[s] = spans.parentHi.at(before);
        spans.parentLo.data[s] = spans.parentLo.at(before);
      }
      if ((spans.flags.at(s) & RECORD_SHARED) === 0) {
        problems.add('clashing-id', -1, formatSpanId(records.idHi.at(head), records.idLo.at(head)));
      }
    }
  }
}

/** The order only decides whose values win; beyond side and endpoint it makes the result independent of arrival. */
function comparePieces(records: Records, a: number, b: number): number {
  return (
    sideRank(records, a) - sideRank(records, b) ||
    compareEndpoints(records, a, b) ||
    (records.timestamp.at(a) || Number.MAX_SAFE_INTEGER) - (records.timestamp.at(b) || Number.MAX_SAFE_INTEGER) ||
    records.duration.at(b) - records.duration.at(a) ||
    compareText(KINDS[records.kind.at(a)] as string, KINDS[records.kind.at(b)] as string) ||
    compareText(parentText(records, b), parentText(records, a)) ||
    compareText(records.names.strings[records.name.at(a)] ?? '', records.names.strings[records.name.at(b)] ?? '') ||
    a - b
  );
}

function parentText(records: Records, record: number): string {
  if ((records.flags.at(record) & RECORD_HAS_PARENT) === 0) return '';
  return formatSpanId(records.parentHi.at(record), records.parentLo.at(record));
}

/** Client first, then spans not shared, then shared. */
function sideRank(records: Records, record: number): number {
  if ((records.flags.at(record) & RECORD_SHARED) !== 0) return 2;
  return records.kind.at(record) === CLIENT ? 0 : 1;
}

function compareEndpoints(records: Records, a: number, b: number): number {
  const left = records.endpoint.at(a);
  const right = records.endpoint.at(b);
  if (left === right) return 0;
  if (left < 0) return -1;
  if (right < 0) return 1;
  const { endpoints, services } = records;
  const service = (e: number): string => services.strings[endpoints.service[e] as number] ?? '';
  return (
    compareText(service(left), service(right)) ||
    compareText(endpoints.ipv4[left] as string, endpoints.ipv4[right] as string) ||
    compareText(endpoints.ipv6[left] as string, endpoints.ipv6[right] as string) ||
    (endpoints.port[left] as number) - (endpoints.port[right] as number)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether endpoints can be the same process: no field that both know differs. */
class EndpointTracker {
  readonly #records: Records;
  #service = -1;
  #ipv4 = '';
  #ipv6 = '';
  #port = 0;

  constructor(records: Records) {
    this.#records = records;
  }

  tryMerge(endpoint: number): boolean {
    if (endpoint < 0) return true;
    const table = this.#records.endpoints;
    const service = table.service[endpoint] as number;
    const ipv4 = table.ipv4[endpoint] as string;
    const ipv6 = table.ipv6[endpoint] as string;
    const port = table.port[endpoint] as number;
    if (this.#service >= 0 && service >= 0 && this.#service !== service) return false;
    if (this.#ipv4 !== '' && ipv4 !== '' && this.#ipv4 !== ipv4) return false;
    if (this.#ipv6 !== '' && ipv6 !== '' && this.#ipv6 !== ipv6) return false;
    if (this.#port !== 0 && port !== 0 && this.#port !== port) return false;
    if (this.#service < 0) this.#service = service;
    if (this.#ipv4 === '') this.#ipv4 = ipv4;
    if (this.#ipv6 === '') this.#ipv6 = ipv6;
    if (this.#port === 0) this.#port = port;
    return true;
  }

  /** All that was seen, as one endpoint; -1 when nothing was. */
  endpoint(): number {
    if (this.#service < 0 && this.#ipv4 === '' && this.#ipv6 === '' && this.#port === 0) return -1;
    return this.#records.endpoints.add(this.#service, this.#ipv4, this.#ipv6, this.#port);
  }
}

function startSpan(spans: MergedSpans, records: Records, record: number): number {
  const endpoint = records.endpoint.at(record);
  spans.idHi.push(records.idHi.at(record));
  spans.idLo.push(records.idLo.at(record));
  spans.parentHi.push(records.parentHi.at(record));
  spans.parentLo.push(records.parentLo.at(record));
  spans.flags.push(records.flags.at(record));
  spans.kind.push(records.kind.at(record));
  spans.timestamp.push(records.timestamp.at(record));
  spans.duration.push(records.duration.at(record));
  spans.service.push(endpoint < 0 ? -1 : (records.endpoints.service[endpoint] as number));
  spans.endpoint.push(endpoint);
  spans.remoteService.push(records.remoteService.at(record));
  spans.name.push(records.name.at(record));
  return spans.count - 1;
}

/** What the span already knows stays; a piece adds what was missing. */
function joinPiece(spans: MergedSpans, records: Records, s: number, piece: number): void {
  const pieceFlags = records.flags.at(piece);
  if ((spans.flags.at(s) & RECORD_HAS_PARENT) === 0 && (pieceFlags & RECORD_HAS_PARENT) !== 0) {
    spans.parentHi.data[s] = records.parentHi.at(piece);
    spans.parentLo.data[s] = records.parentLo.at(piece);
  }
  spans.flags.data[s] = spans.flags.at(s) | pieceFlags;
  if (spans.kind.at(s) === 0) spans.kind.data[s] = records.kind.at(piece);
  if (spans.timestamp.at(s) === 0) spans.timestamp.data[s] = records.timestamp.at(piece);
  if (spans.duration.at(s) === 0) spans.duration.data[s] = records.duration.at(piece);
  if (spans.name.at(s) < 0) spans.name.data[s] = records.name.at(piece);
  if (spans.remoteService.at(s) < 0) spans.remoteService.data[s] = records.remoteService.at(piece);
  const endpoint = records.endpoint.at(piece);
  if (endpoint >= 0 && spans.service.at(s) < 0) spans.service.data[s] = records.endpoints.service[endpoint] as number;
}
