import { normalizeSpan, type Span, type SpanInput } from '../src/index.ts';

/** A fixed time, 2026-11-21T10:00:00Z, in microseconds. */
export const NOON = 1_795_255_200_000_000;

/** A span of trace 1 with only what is given. */
export function span(id: string, fields: Partial<SpanInput> = {}): Span {
  return normalizeSpan({ traceId: '1', id, ...fields });
}

/** An endpoint by name, and by address where skew depends on it. */
export function at(serviceName: string, ipv4?: string): { serviceName: string; ipv4?: string } {
  return ipv4 === undefined ? { serviceName } : { serviceName, ipv4 };
}

/** Both halves of a call that share an id. */
export function sharedCall(id: string, client: string, server: string, parentId?: string): [Span, Span] {
  return [
    span(id, { parentId, kind: 'CLIENT', localEndpoint: at(client) }),
    span(id, { parentId, kind: 'SERVER', localEndpoint: at(server), shared: true }),
  ];
}

export function hex(n: number): string {
  return n.toString(16).padStart(16, '0');
}
