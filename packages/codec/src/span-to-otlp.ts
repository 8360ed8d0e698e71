import type { Annotation, Kind, Span } from '@tracekin/model';

/** What both OTLP encoders write of a span besides ids, name and times. */
export interface OtlpOutline {
  readonly kind: number;
  /** All values are strings: that is what Zipkin knows of them. */
  readonly attributes: readonly (readonly [key: string, value: string])[];
  readonly events: readonly Annotation[];
  /** 0 unset, 1 ok, 2 error. */
  readonly statusCode: number;
  readonly statusMessage: string;
}

const KINDS: Readonly<Record<Kind, number>> = { SERVER: 2, CLIENT: 3, PRODUCER: 4, CONSUMER: 5 };

/**
 * The way back from Zipkin's model. `error` and `otel.status_code` tags become the status and the remote endpoint becomes
 * attributes, as far as the span has none of that name. `debug` and `shared` have no counterpart and are lost.
 */
export function spanToOtlp(span: Span): OtlpOutline {
  const tags = new Map(Object.entries(span.tags ?? {}));
  const error = tags.get('error');
  const status = tags.get('otel.status_code');
  const statusCode = error !== undefined || status === 'ERROR' ? 2 : status === 'OK' ? 1 : 0;
  tags.delete('error');
  tags.delete('otel.status_code');
  const remote = span.remoteEndpoint;
  const peer: [string, string | undefined][] = [
    ['peer.service', remote?.serviceName],
    ['network.peer.address', remote?.ipv4 ?? remote?.ipv6],
    ['network.peer.port', remote?.port?.toString()],
  ];
  for (const [key, value] of peer) if (value !== undefined && !tags.has(key)) tags.set(key, value);
  return {
    kind: span.kind === undefined ? 1 : KINDS[span.kind],
    attributes: [...tags],
    events: span.annotations ?? [],
    statusCode,
    statusMessage: error ?? '',
  };
}

/** OTLP gives the service once for all of its spans. Spans without one are under `''`. */
export function byService(spans: readonly Span[]): ReadonlyMap<string, readonly Span[]> {
  return Map.groupBy(spans, span => span.localEndpoint?.serviceName ?? '');
}

/** The end in microseconds; OTLP has no duration, and 0 means unknown. So is an end beyond 2^53, which could not be read. */
export function endMicros(span: Span): number {
  if (span.timestamp === undefined || span.duration === undefined) return 0;
  const end = span.timestamp + span.duration;
  return Number.isSafeInteger(end) ? end : 0;
}
