import { type Data, endMicros } from './data.ts';

/** What is asked; the names of the criteria are Zipkin's. */
export interface Search {
  readonly service?: string;
  readonly spanName?: string;
  readonly tag?: readonly [key: string, value: string];
  /** Only spans that have this key, and those at least this long (microseconds). Not in Jaeger's API in this form. */
  readonly annotation?: string;
  readonly minDuration?: number;
  /** How far back, milliseconds; absent: over everything. */
  readonly lookback?: number;
}

/** Paths of a query API, and how many traces an answer holds. */
export interface Dialect {
  readonly services: string;
  /** Links of the last 24 hours; undefined where there is no such thing. */
  readonly links: string | undefined;
  trace(traceId: string): string;
  /** Undefined for what cannot be asked. */
  search(search: Search): string | undefined;
  count(answer: string): number;
}

const LIMIT = 20;
const EVERYTHING_MS = 30 * 86_400_000;

/** Zipkin's API, `/api/v2`: ours, and Zipkin's own. */
export function zipkinDialect(data: Data): Dialect {
  const endTs = Math.ceil(endMicros(data) / 1000) + 1_000;
  return {
    services: '/api/v2/services',
    links: `/api/v2/dependencies?endTs=${endTs}&lookback=86400000`,
    trace: traceId => `/api/v2/trace/${traceId}`,
    search: ({ service, spanName, tag, annotation, minDuration, lookback = EVERYTHING_MS }) => {
      const query = new URLSearchParams({ endTs: String(endTs), lookback: String(lookback), limit: String(LIMIT) });
      if (service !== undefined) query.set('serviceName', service);
      if (spanName !== undefined) query.set('spanName', spanName);
      if (tag !== undefined) query.set('annotationQuery', `${tag[0]}=${tag[1]}`);
      if (annotation !== undefined) query.set('annotationQuery', annotation);
      if (minDuration !== undefined) query.set('minDuration', String(minDuration));
      return `/api/v2/traces?${query}`;
    },
    count: answer => (JSON.parse(answer) as readonly unknown[]).length,
  };
}

/** Jaeger's API below a path, as VictoriaTraces (`/select/jaeger`) has it. */
export function jaegerDialect(data: Data, below: string): Dialect {
  const end = endMicros(data) + 1_000_000;
  return {
    services: `${below}/api/services`,
    links: undefined,
    trace: traceId => `${below}/api/traces/${traceId}`,
    search: ({ service, spanName, tag, annotation, minDuration, lookback }) => {
      // A service is required there.
      if (service === undefined || annotation !== undefined || minDuration !== undefined) return undefined;
      const start = lookback === undefined ? data.startMicros - 1_000_000 : end - lookback * 1000;
      const query = new URLSearchParams({ start: String(start), end: String(end), limit: String(LIMIT) });
      query.set('service', service);
      if (spanName !== undefined) query.set('operation', spanName);
      if (tag !== undefined) query.set('tags', JSON.stringify({ [tag[0]]: tag[1] }));
      return `${below}/api/traces?${query}`;
    },
    count: answer => (JSON.parse(answer) as { readonly data: readonly unknown[] }).data.length,
  };
}
