import { sortAnnotations } from './annotations.ts';
import { makeEndpoint } from './endpoint.ts';
import { makeSpan } from './normalize-span.ts';
import type { Endpoint, Span } from './span.ts';
import { type MutableTags, normalizeTags, setTag } from './tags.ts';

/**
 * The spans of one trace with the pieces of each put together, sorted by id, the client's half before the server's.
 *
 * Pieces belong together when they have one id, one shared flag and local endpoints that do not contradict each other.
 * The first piece's values win, except that a later piece's tags replace earlier ones. All spans get the longest trace id.
 * A server span that has its id from a client span is marked shared even if its reporter forgot to, and takes over a missing
 * parent id. zipkin.md 1.4. The order of the input does not matter. Spans that need no change are returned as they are.
 */
export function mergeTrace(spans: readonly Span[]): Span[] {
  if (spans.length <= 1) return [...spans];
  const sorted = spans.toSorted(comparePieces);
  const traceId = longestTraceId(sorted);
  const merged: Span[] = [];
  for (let i = 0; i < sorted.length; ) {
    let span = sorted[i++]!;
    let next = sorted[i];
    if (next !== undefined && next.id === span.id) {
      const pieces = [span];
      let endpoint = span.localEndpoint;
      while (
        next !== undefined &&
        next.id === span.id &&
        next.shared === span.shared &&
        endpointsAgree(endpoint, next.localEndpoint)
      ) {
        endpoint = mergeEndpoints(endpoint, next.localEndpoint);
        pieces.push(next);
        next = sorted[++i];
      }
      if (pieces.length > 1) span = mergePieces(pieces, endpoint);
    }
    merged.push(complete(span, traceId, merged.at(-1)));
  }
  return merged;
}

/** Adds what only the rest of the trace knows of a span: `previous` is the one before it in the order of ids. */
function complete(span: Span, traceId: string, previous: Span | undefined): Span {
  const joined = previous !== undefined && previous.id === span.id;
  const shared = joined && previous.kind === 'CLIENT' && span.kind === 'SERVER' ? true : span.shared;
  const parentId = joined && span.parentId === undefined ? previous.parentId : span.parentId;
  const longer = span.traceId.length !== traceId.length;
  if (shared === span.shared && parentId === span.parentId && !longer) return span;
  return makeSpan(
    longer ? traceId : span.traceId,
    parentId,
    span.id,
    span.kind,
    span.name,
    span.timestamp,
    span.duration,
    span.localEndpoint,
    span.remoteEndpoint,
    span.annotations,
    span.tags,
    span.debug === true,
    shared === true,
  );
}

/** One pass over all pieces, so that a span reported in many thousand pieces does not cost the square of that. */
function mergePieces(pieces: readonly Span[], localEndpoint: Endpoint | undefined): Span {
  const first = pieces[0]!;
  let { parentId, kind, name, timestamp, duration, remoteEndpoint } = first;
  let debug = false;
  const annotations = [];
  const tags: MutableTags = {};
  for (const piece of pieces) {
    parentId ??= piece.parentId;
    kind ??= piece.kind;
    name ??= piece.name;
    timestamp ??= piece.timestamp;
    duration ??= piece.duration;
    remoteEndpoint = mergeEndpoints(remoteEndpoint, piece.remoteEndpoint);
    debug ||= piece.debug === true;
    if (piece.annotations !== undefined) for (const annotation of piece.annotations) annotations.push(annotation);
    if (piece.tags !== undefined) for (const key of Object.keys(piece.tags)) setTag(tags, key, piece.tags[key]!);
  }
  return makeSpan(
    first.traceId,
    parentId,
    first.id,
    kind,
    name,
    timestamp,
    duration,
    localEndpoint,
    remoteEndpoint,
    sortAnnotations(annotations),
    normalizeTags(tags),
    debug,
    first.shared === true,
  );
}

function longestTraceId(spans: readonly Span[]): string {
  return (spans.find(span => span.traceId.length === 32) ?? spans[0]!).traceId;
}

/** Whether both may describe one process: no field has two values. */
function endpointsAgree(a: Endpoint | undefined, b: Endpoint | undefined): boolean {
  if (a === b || a === undefined || b === undefined) return true;
  return agree(a.serviceName, b.serviceName) && agree(a.ipv4, b.ipv4) && agree(a.ipv6, b.ipv6) && agree(a.port, b.port);
}

function agree<T>(a: T | undefined, b: T | undefined): boolean {
  return a === b || a === undefined || b === undefined;
}

function mergeEndpoints(a: Endpoint | undefined, b: Endpoint | undefined): Endpoint | undefined {
  if (a === b || b === undefined) return a;
  if (a === undefined) return b;
  return makeEndpoint(a.serviceName ?? b.serviceName, a.ipv4 ?? b.ipv4, a.ipv6 ?? b.ipv6, a.port ?? b.port);
}

/**
 * Order of pieces: by id, the client's half first and shared ones last, then by endpoint. The rest only makes the result
 * independent of the order of the input.
 */
function comparePieces(a: Span, b: Span): number {
  if (a === b) return 0;
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  return (
    sideRank(a) - sideRank(b) ||
    compareText(a.localEndpoint?.serviceName, b.localEndpoint?.serviceName) ||
    compareText(a.localEndpoint?.ipv4, b.localEndpoint?.ipv4) ||
    compareText(a.localEndpoint?.ipv6, b.localEndpoint?.ipv6) ||
    (a.localEndpoint?.port ?? 0) - (b.localEndpoint?.port ?? 0) ||
    (a.timestamp ?? Number.MAX_SAFE_INTEGER) - (b.timestamp ?? Number.MAX_SAFE_INTEGER) ||
    (b.duration ?? 0) - (a.duration ?? 0) ||
    compareText(a.kind, b.kind) ||
    compareText(b.parentId, a.parentId) ||
    compareText(a.name, b.name) ||
    compareText(JSON.stringify(a), JSON.stringify(b))
  );
}

function sideRank(span: Span): number {
  if (span.shared) return 2;
  return span.kind === 'CLIENT' ? 0 : 1;
}

/** Absent before present. */
function compareText(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  return a < b ? -1 : 1;
}
