import type { Kind, Span } from '@tracekin/model';
import type { V1Annotation, V1BinaryAnnotation, V1Span } from './v1-span.ts';

/** What a kind looks like in v1: the annotations of its start and end, and the key of the other side's address. */
interface Shape {
  readonly begin: string | undefined;
  readonly end: string | undefined;
  readonly address: string;
}

const LOCAL: Shape = { begin: undefined, end: undefined, address: 'sa' };
const SHAPES: Readonly<Record<Kind, Shape>> = {
  CLIENT: { begin: 'cs', end: 'cr', address: 'sa' },
  SERVER: { begin: 'sr', end: 'ss', address: 'ca' },
  PRODUCER: { begin: 'ms', end: 'ws', address: 'ma' },
  CONSUMER: { begin: 'wr', end: 'mr', address: 'ma' },
};
/** A consumer whose processing time is unknown has received, no more. */
const RECEIVED: Shape = { begin: 'mr', end: undefined, address: 'ma' };

const KIND_OF: Readonly<Record<string, Kind>> = {
  cs: 'CLIENT',
  cr: 'CLIENT',
  sr: 'SERVER',
  ss: 'SERVER',
  ms: 'PRODUCER',
  mr: 'CONSUMER',
};

/** A v2 span as v1 clients would have reported it (zipkin.md 7.5). */
export function v2ToV1(span: Span): V1Span {
  const { localEndpoint: endpoint, remoteEndpoint, shared } = span;
  const { shape, start, end } = interpret(span);
  const annotations: V1Annotation[] = [];
  const begins = start !== undefined && shape.begin !== undefined;
  // An end beyond 2^53 could be written but not read again.
  const ends = end !== undefined && shape.end !== undefined && Number.isSafeInteger(end);
  if (begins) annotations.push({ timestamp: start, value: shape.begin!, endpoint });
  for (const { timestamp, value } of span.annotations ?? []) {
    if ((begins && value === shape.begin) || (ends && value === shape.end)) continue;
    annotations.push({ timestamp, value, endpoint });
  }
  if (ends) annotations.push({ timestamp: end, value: shape.end!, endpoint });

  const binaryAnnotations: V1BinaryAnnotation[] = [];
  for (const key in span.tags) binaryAnnotations.push({ key, value: span.tags[key]!, endpoint });
  // Without any annotation the local endpoint would be lost.
  if (annotations.length === 0 && binaryAnnotations.length === 0 && endpoint !== undefined)
    binaryAnnotations.push({ key: 'lc', value: '', endpoint });
  if (remoteEndpoint !== undefined)
    binaryAnnotations.push({ key: shape.address, value: undefined, endpoint: remoteEndpoint });

  return {
    traceId: span.traceId,
    parentId: span.parentId,
    id: span.id,
    name: span.name,
    // Whoever shares another's span leaves timing to it.
    timestamp: shared === true ? undefined : span.timestamp,
    duration: shared === true ? undefined : span.duration,
    annotations,
    binaryAnnotations,
    debug: span.debug === true,
  };
}

/** Kind and times, looking also at core annotations that a v2 span may carry, which can widen the interval. */
function interpret(span: Span): { shape: Shape; start: number | undefined; end: number | undefined } {
  let kind = span.kind;
  let start = span.timestamp;
  let end = start !== undefined && span.duration !== undefined ? start + span.duration : undefined;
  const seen: Partial<Record<string, number>> = {};
  for (const { timestamp, value } of span.annotations ?? []) {
    if (value.length !== 2) continue;
    kind = KIND_OF[value] ?? kind;
    if ((value === 'cs' || value === 'sr') && start !== undefined && timestamp < start) start = timestamp;
    else if ((value === 'ss' || value === 'cr') && timestamp > (end ?? 0)) end = timestamp;
    else if (value === 'ms' || value === 'mr' || value === 'ws' || value === 'wr') seen[value] = timestamp;
  }
  if (kind === undefined) return { shape: LOCAL, start, end };
  if (kind === 'PRODUCER') {
    start = earlier(start, seen['ms']);
    end = later(end, seen['ws']);
  } else if (kind === 'CONSUMER') {
    start = earlier(start, seen['wr']);
    end = later(end, seen['mr']);
    if (end === undefined && seen['wr'] === undefined) return { shape: RECEIVED, start, end };
  }
  return { shape: SHAPES[kind], start, end };
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || (b !== undefined && b < a) ? b : a;
}

function later(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
}
