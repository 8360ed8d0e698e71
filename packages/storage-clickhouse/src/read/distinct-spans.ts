import type { Span } from '@tracekin/model';

/**
 * The spans with identical ones once. Storage may hold a span twice: it was reported twice, or a batch was written again
 * after a crash.
 */
export function distinctSpans(spans: readonly Span[]): Span[] {
  const byId = new Map<string, Span | Map<string, Span>>();
  const distinct: Span[] = [];
  for (const span of spans) {
    const known = byId.get(span.id);
    if (known === undefined) {
      // Most ids come once; only others are worth a text to compare.
      byId.set(span.id, span);
      distinct.push(span);
      continue;
    }
    let texts: Map<string, Span>;
    if (known instanceof Map) {
      texts = known;
    } else {
      texts = new Map([[spanText(known), known]]);
      byId.set(span.id, texts);
    }
    const text = spanText(span);
    if (texts.has(text)) continue;
    texts.set(text, span);
    distinct.push(span);
  }
  return distinct;
}

/** A text that is the same for identical spans only, whatever the order of their fields. */
export function spanText(span: Span): string {
  const { traceId, parentId, id, kind, name, timestamp, duration, localEndpoint, remoteEndpoint, annotations, tags } =
    span;
  return JSON.stringify([
    traceId,
    parentId,
    id,
    kind,
    name,
    timestamp,
    duration,
    endpoint(localEndpoint),
    endpoint(remoteEndpoint),
    annotations?.map(({ timestamp: at, value }) => [at, value]),
    tags === undefined ? undefined : Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)),
    span.debug,
    span.shared,
  ]);
}

function endpoint(value: Span['localEndpoint']): readonly unknown[] | undefined {
  return value && [value.serviceName, value.ipv4, value.ipv6, value.port];
}
