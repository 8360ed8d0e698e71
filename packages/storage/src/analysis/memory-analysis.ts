import { durationStep, type Span } from '@tracekin/model';
import { matchesSpan } from '../matches-span.ts';
import type { CallOptions } from '../storage.ts';
import { bucketsStart, hasError, inPart, inScope } from './in-scope.ts';
import type {
  SpanAnalysis,
  SpanCell,
  SpanCountQuery,
  SpanCriteria,
  SpanGroup,
  SpanGroupQuery,
  SpanSample,
  SpanSampleQuery,
} from './span-analysis.ts';

/** Spans of one trace after the other that may meet the criteria; waits now and then so that other work gets a turn. */
export type ReadSpans = (query: SpanCriteria, options?: CallOptions) => AsyncIterable<readonly Span[]>;

/** The reference: looks at every span. */
export class MemoryAnalysis implements SpanAnalysis {
  readonly #read: ReadSpans;

  constructor(read: ReadSpans) {
    this.#read = read;
  }

  async countSpans(query: SpanCountQuery, options?: CallOptions): Promise<SpanCell[]> {
    const start = bucketsStart(query);
    const cells = new Map<string, { bucket: number; step: number; spans: number; errors: number }>();
    for await (const span of this.#matches(query, options)) {
      const bucket = Math.floor((span.timestamp! - start) / (query.bucketMs * 1000));
      const step = durationStep(span.duration);
      const key = `${bucket} ${step}`;
      const cell = cells.get(key) ?? { bucket, step, spans: 0, errors: 0 };
      cells.set(key, cell);
      cell.spans++;
      if (hasError(span)) cell.errors++;
    }
    return [...cells.values()].sort((a, b) => a.bucket - b.bucket || a.step - b.step);
  }

  async countGroups(query: SpanGroupQuery, options?: CallOptions): Promise<{ groups: SpanGroup[]; more: boolean }> {
    const start = bucketsStart(query);
    const groups = new Map<string, GroupCounts>();
    for await (const span of this.#matches(query, options)) {
      const names = groupNames(query, span);
      if (names === undefined) continue;
      const key = names.join('\0');
      const group = groups.get(key) ?? { names, spans: 0, errors: 0, steps: new Map(), series: new Map() };
      groups.set(key, group);
      const failed = hasError(span) ? 1 : 0;
      group.spans++;
      group.errors += failed;
      const step = durationStep(span.duration);
      group.steps.set(step, (group.steps.get(step) ?? 0) + 1);
      const bucket = Math.floor((span.timestamp! - start) / (query.bucketMs * 1000));
      const [spans, errors] = group.series.get(bucket) ?? [0, 0];
      group.series.set(bucket, [spans + 1, errors + failed]);
    }
    const sorted = [...groups.entries()].sort(([a, { spans: m }], [b, { spans: n }]) => n - m || (a < b ? -1 : 1));
    return {
      groups: sorted.slice(0, query.atMost).map(([, group]) => toGroup(group)),
      more: sorted.length > query.atMost,
    };
  }

  async sampleSpans(query: SpanSampleQuery, options?: CallOptions): Promise<SpanSample> {
    const found: Span[] = [];
    for await (const span of this.#matches(query, options)) {
      if (inPart(query.part, span) === (query.side === 'inside')) found.push(span);
    }
    if (found.length <= query.atMost) return { spans: found.length, sample: found };
    // One at random of each stretch: a fixed step would pick the same child of every trace.
    const stretch = found.length / query.atMost;
    return {
      spans: found.length,
      sample: Array.from({ length: query.atMost }, (_, i) => found[Math.floor((i + Math.random()) * stretch)]!),
    };
  }

  async *#matches(query: SpanCriteria, options: CallOptions | undefined): AsyncGenerator<Span> {
    const asked = { ...query, limit: 1 };
    for await (const spans of this.#read(query, options)) {
      for (const span of spans) if (inScope(query.scope, span) && matchesSpan(asked, span)) yield span;
    }
  }
}

type Names = readonly [serviceName: string, spanName: string, remoteServiceName: string];

interface GroupCounts {
  readonly names: Names;
  spans: number;
  errors: number;
  readonly steps: Map<number, number>;
  readonly series: Map<number, readonly [spans: number, errors: number]>;
}

function groupNames({ by }: SpanGroupQuery, { localEndpoint, name, remoteEndpoint, kind }: Span): Names | undefined {
  const service = localEndpoint?.serviceName ?? '';
  if (by === 'service') return [service, '', ''];
  if (by === 'operation') return [service, name ?? '', ''];
  const remote = remoteEndpoint?.serviceName;
  return remote !== undefined && (kind === 'CLIENT' || kind === 'PRODUCER') ? [service, '', remote] : undefined;
}

function toGroup({ names, spans, errors, steps, series }: GroupCounts): SpanGroup {
  const [serviceName, spanName, remoteServiceName] = names;
  return {
    serviceName,
    spanName,
    remoteServiceName,
    spans,
    errors,
    steps: [...steps].sort((a, b) => a[0] - b[0]),
    series: [...series].sort((a, b) => a[0] - b[0]).map(([bucket, counts]) => [bucket, ...counts] as const),
  };
}
