import type { Span } from '@tracekin/model';
import type { SpanPart, SpanScope } from './span-analysis.ts';

/** Whether a span counts in a scope. */
export function inScope(scope: SpanScope, { kind, parentId, shared }: Span): boolean {
  switch (scope) {
    case 'all':
      return true;
    case 'entries':
      return kind === 'SERVER' || kind === 'CONSUMER' || (parentId === undefined && shared !== true);
    case 'roots':
      return parentId === undefined && shared !== true;
    default:
      return scope satisfies never;
  }
}

/** Whether a span lies in a part. */
export function inPart(part: SpanPart, span: Span): boolean {
  const { timestamp = 0, duration = 0 } = span;
  return (
    (part.fromTimestamp === undefined || timestamp >= part.fromTimestamp) &&
    (part.toTimestamp === undefined || timestamp <= part.toTimestamp) &&
    (part.fromDuration === undefined || duration >= part.fromDuration) &&
    (part.toDuration === undefined || duration <= part.toDuration) &&
    (part.error === undefined || hasError(span))
  );
}

export function hasError({ tags }: Span): boolean {
  return tags !== undefined && Object.hasOwn(tags, 'error');
}

/** The microsecond at which bucket 0 begins. */
export function bucketsStart({ endTs, lookback }: { readonly endTs: number; readonly lookback: number }): number {
  return Math.max(0, endTs - lookback) * 1000;
}
