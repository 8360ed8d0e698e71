import { correctClockSkew } from './clock-skew.ts';
import type { DurationMicros, EpochMicros, Span } from './span.ts';
import { buildSpanTree, preOrder, type SpanNode } from './span-tree.ts';

/** How often a service takes part in a trace. */
export interface ServiceSummary {
  readonly serviceName: string;
  /** Span ids that it recorded something for. */
  readonly spanCount: number;
  /** Those of them that carry an `error` tag. */
  readonly errorCount: number;
}

/**
 * A bar of a trace's mini picture: [index into `services` or -1, start, end, depth]. Start and end are in 255ths of the
 * trace's duration, rounded; depth 0 is the root.
 */
export type ThumbnailBar = readonly [serviceIndex: number, start: number, end: number, depth: number];

/** One row of a search result: a trace without its spans. */
export interface TraceSummary {
  readonly traceId: string;
  /** Of the root, or of the first span when the root was not reported. */
  readonly rootServiceName?: string | undefined;
  readonly rootSpanName?: string | undefined;
  /** Start of the earliest span, corrected for clock skew. Absent when no span has one. */
  readonly timestamp?: EpochMicros | undefined;
  /** From there to the latest end. Absent when no span has a duration. */
  readonly duration?: DurationMicros | undefined;
  /** Span ids: the halves of a call that share one count once, as on Zipkin's trace page. */
  readonly spanCount: number;
  /** Spans as they were reported, as in the rows of Zipkin's result list. */
  readonly reportedSpanCount: number;
  /** Span ids of which a half carries an `error` tag. */
  readonly errorCount: number;
  /** Most spans first, then by name. */
  readonly services: readonly ServiceSummary[];
  /** At most 32 bars, parents before children. */
  readonly thumbnail: readonly ThumbnailBar[];
  /** Values of tags that were asked for (`traceTags`). */
  readonly tags?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** Values of a tag that are kept for one trace. */
const MOST_TAG_VALUES = 3;

/** The distinct values that the spans of a trace have for each of `keys`, at most three, the earliest span's first. */
export function traceTags(spans: readonly Span[], keys: readonly string[]): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  const byStart = spans.toSorted((a, b) => (a.timestamp ?? Infinity) - (b.timestamp ?? Infinity) || 0);
  for (const key of keys) {
    const values = new Set<string>();
    for (const { tags } of byStart) {
      if (tags !== undefined && Object.hasOwn(tags, key)) values.add(tags[key]!.slice(0, 100));
      if (values.size === MOST_TAG_VALUES) break;
    }
    if (values.size > 0) found[key] = [...values];
  }
  return found;
}

const MAX_BARS = 32;

/** Sums up the spans of one trace, which may be unmerged and in any order. Throws a RangeError when there are none. */
export function summarizeTrace(spans: readonly Span[]): TraceSummary {
  if (spans.length === 0) throw new RangeError('a trace has at least one span');
  const { root } = correctClockSkew(buildSpanTree(spans));
  const nodes = preOrder(root);
  const first = nodes[0]!.span!;
  const window = windowOf(nodes);
  const services = summarizeServices(nodes);
  const ids = new Set<string>();
  const failedIds = new Set<string>();
  for (const { span } of nodes) {
    ids.add(span!.id);
    if (isFailed(span!)) failedIds.add(span!.id);
  }
  return {
    traceId: first.traceId,
    ...(first.localEndpoint?.serviceName !== undefined && { rootServiceName: first.localEndpoint.serviceName }),
    ...(first.name !== undefined && { rootSpanName: first.name }),
    ...(window !== undefined && { timestamp: window.start }),
    ...(window !== undefined && window.end > window.start && { duration: window.end - window.start }),
    spanCount: ids.size,
    reportedSpanCount: spans.length,
    errorCount: failedIds.size,
    services,
    thumbnail: window === undefined ? [] : drawThumbnail(root, window, services),
  };
}

interface Window {
  readonly start: EpochMicros;
  readonly end: EpochMicros;
}

function windowOf(nodes: readonly SpanNode[]): Window | undefined {
  let start = Number.POSITIVE_INFINITY;
  let end = 0;
  for (const { span } of nodes) {
    const { timestamp, duration } = span!;
    if (timestamp === undefined) continue;
    start = Math.min(start, timestamp);
    end = Math.max(end, timestamp + (duration ?? 0));
  }
  return end === 0 ? undefined : { start, end };
}

function isFailed(span: Span): boolean {
  return span.tags !== undefined && Object.hasOwn(span.tags, 'error');
}

function summarizeServices(nodes: readonly SpanNode[]): ServiceSummary[] {
  const byName = new Map<string, { ids: Set<string>; failedIds: Set<string> }>();
  for (const { span } of nodes) {
    const name = span!.localEndpoint?.serviceName;
    if (name === undefined) continue;
    let service = byName.get(name);
    if (service === undefined) {
      service = { ids: new Set(), failedIds: new Set() };
      byName.set(name, service);
    }
    service.ids.add(span!.id);
    if (isFailed(span!)) service.failedIds.add(span!.id);
  }
  return [...byName]
    .map(([serviceName, { ids, failedIds }]) => ({ serviceName, spanCount: ids.size, errorCount: failedIds.size }))
    .sort((a, b) => b.spanCount - a.spanCount || (a.serviceName < b.serviceName ? -1 : 1));
}

/** The shallowest spans, and of one depth the longest, because those make the outline of a trace. */
function drawThumbnail(root: SpanNode, window: Window, services: readonly ServiceSummary[]): ThumbnailBar[] {
  const serviceIndex = new Map(services.map(({ serviceName }, index) => [serviceName, index]));
  const scale = 255 / Math.max(1, window.end - window.start);
  const candidates: { order: number; length: number; bar: ThumbnailBar }[] = [];
  const stack: { node: SpanNode; depth: number }[] = [{ node: root, depth: root.span === undefined ? -1 : 0 }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { node, depth } = top;
    const { span } = node;
    if (span?.timestamp !== undefined) {
      const length = span.duration ?? 0;
      const start = Math.round((span.timestamp - window.start) * scale);
      const end = Math.round((span.timestamp + length - window.start) * scale);
      const service = serviceIndex.get(span.localEndpoint?.serviceName ?? '') ?? -1;
      candidates.push({ order: candidates.length, length, bar: [service, start, end, depth] });
    }
    for (let i = node.children.length - 1; i >= 0; i--) stack.push({ node: node.children[i]!, depth: depth + 1 });
  }
  return candidates
    .sort((a, b) => a.bar[3] - b.bar[3] || b.length - a.length || a.order - b.order)
    .slice(0, MAX_BARS)
    .sort((a, b) => a.order - b.order)
    .map(({ bar }) => bar);
}
