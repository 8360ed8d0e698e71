import type { EpochMicros, EpochMillis, Span } from '@tracekin/model';
import type { TraceQuery } from './trace-query.ts';

/** Whether one span meets every criterion of a query, its window of time included. The definition of a match. */
export function matchesSpan(query: TraceQuery, span: Span): boolean {
  return (
    isOptional(query.serviceName, span.localEndpoint?.serviceName) &&
    isInWindow(query, span.timestamp) &&
    isOptional(query.spanName, span.name) &&
    isOptional(query.remoteServiceName, span.remoteEndpoint?.serviceName) &&
    hasDuration(query, span) &&
    query.tags.every(([key, value]) => hasTag(span, key) && span.tags![key] === value) &&
    query.annotations.every(word => hasTag(span, word) || hasAnnotation(span, word))
  );
}

/**
 * Whether a timestamp is in a window whose ends are milliseconds, both inclusive. The timestamp is rounded down to its
 * millisecond, so every microsecond of the last one is inside. Absent timestamps are in no window.
 */
export function isInWindow(
  { endTs, lookback }: { readonly endTs: EpochMillis; readonly lookback: number },
  timestamp: EpochMicros | undefined,
): boolean {
  if (timestamp === undefined) return false;
  const millis = Math.floor(timestamp / 1000);
  return millis <= endTs && millis >= endTs - lookback;
}

function isOptional(wanted: string | undefined, actual: string | undefined): boolean {
  return wanted === undefined || wanted === actual;
}

function hasDuration({ minDuration, maxDuration }: TraceQuery, { duration }: Span): boolean {
  if (minDuration === undefined) return true;
  return duration !== undefined && duration >= minDuration && (maxDuration === undefined || duration <= maxDuration);
}

function hasTag({ tags }: Span, key: string): boolean {
  return tags !== undefined && Object.hasOwn(tags, key);
}

function hasAnnotation({ annotations }: Span, value: string): boolean {
  return annotations?.some(annotation => annotation.value === value) ?? false;
}
