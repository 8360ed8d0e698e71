import type { GeneratedSpan } from '../../packages/ui/src/kernel/testing/generate.ts';

interface JaegerTag {
  readonly key: string;
  readonly type: 'string' | 'bool';
  readonly value: string | boolean;
}

/** The answer of Jaeger's `/api/traces/{id}` for the same spans: one process for each service, parents as references. */
export function jaegerTrace(traceId: string, spans: readonly GeneratedSpan[]): Uint8Array {
  const processes = new Map<string, string>();
  const processOf = (service: string): string => {
    const known = processes.get(service);
    if (known !== undefined) return known;
    const id = `p${processes.size + 1}`;
    processes.set(service, id);
    return id;
  };
  const converted = spans.map(span => ({
    traceID: traceId,
    spanID: span.id,
    operationName: span.name,
    references: span.parentId === undefined ? [] : [{ refType: 'CHILD_OF', traceID: traceId, spanID: span.parentId }],
    startTime: span.timestamp ?? 0,
    duration: span.duration ?? 0,
    tags: tagsOf(span),
    logs: (span.annotations ?? []).map(({ timestamp, value }) => ({
      timestamp,
      fields: [{ key: 'event', type: 'string', value }],
    })),
    processID: processOf(span.localEndpoint?.serviceName ?? 'unknown'),
    warnings: null,
  }));
  const answer = {
    data: [
      {
        traceID: traceId,
        spans: converted,
        processes: Object.fromEntries([...processes].map(([serviceName, id]) => [id, { serviceName, tags: [] }])),
        warnings: null,
      },
    ],
    total: 0,
    limit: 0,
    offset: 0,
    errors: null,
  };
  return new TextEncoder().encode(JSON.stringify(answer));
}

function tagsOf({ tags = {}, kind }: GeneratedSpan): JaegerTag[] {
  const list: JaegerTag[] = Object.entries(tags).map(([key, value]) =>
    key === 'error' ? { key, type: 'bool', value: true } : { key, type: 'string', value },
  );
  if (kind !== undefined) list.push({ key: 'span.kind', type: 'string', value: kind.toLowerCase() });
  return list;
}
