import { type EpochMicros, type EpochMillis, normalizeSpan, type Span, type SpanInput } from '@tracekin/model';
import type { TraceQuery } from '../trace-query.ts';

const DAY_MS = 86_400_000;

/** Noon of yesterday, UTC: recent enough for every retention, and hours away from the border of a day on both sides. */
export const BASE_MS: EpochMillis = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS / 2;

/** `BASE_MS` plus some milliseconds, in microseconds. */
export function micros(afterBaseMs = 0): EpochMicros {
  return (BASE_MS + afterBaseMs) * 1000;
}

let lastId = 0n;

/** 16 hex characters that no other call returns, spread over the whole range as random ids are. */
export function newId(): string {
  lastId += 1n;
  return ((lastId * 0x9e37_79b9_7f4a_7c15n) & 0xffff_ffff_ffff_ffffn).toString(16).padStart(16, '0');
}

/** A 128-bit trace id. */
export function newLongTraceId(): string {
  return newId() + newId();
}

/** Endpoint of a service that is known by name only. */
export function service(serviceName: string): { serviceName: string } {
  return { serviceName };
}

/**
 * A span, by default of a trace of its own: `get` by the service `frontend`, 1 ms long, at `BASE_MS`. Null removes a
 * default.
 */
export function testSpan(fields: Partial<SpanInput> = {}): Span {
  return normalizeSpan({
    traceId: newId(),
    id: newId(),
    name: 'get',
    timestamp: micros(),
    duration: 1000,
    localEndpoint: service('frontend'),
    ...fields,
  });
}

/** The client's and the server's half of one call, sharing an id as B3 does. */
export function sharedCall(client: string, server: string, fields: Partial<SpanInput> = {}): [Span, Span] {
  const half = testSpan({ kind: 'CLIENT', localEndpoint: service(client), ...fields });
  return [
    half,
    testSpan({
      traceId: half.traceId,
      id: half.id,
      parentId: half.parentId,
      kind: 'SERVER',
      localEndpoint: service(server),
      timestamp: half.timestamp === undefined ? null : half.timestamp + 10,
      duration: 500,
      shared: true,
    }),
  ];
}

/** A query that finds everything in the day before and after `BASE_MS`. */
export function testQuery(criteria: Partial<TraceQuery> = {}): TraceQuery {
  return { tags: [], annotations: [], endTs: BASE_MS + DAY_MS, lookback: 2 * DAY_MS, limit: 10, ...criteria };
}
