import { normalizeTraceId, TracekinError } from '@tracekin/model';

/** Ids after this many stay one malformed id, as Zipkin's `split(",", 1000)` leaves them. */
const MAX_TRACE_IDS = 1000;

/**
 * The ids of `/traceMany`: normalised, unique, in order.
 *
 * @throws TracekinError `invalid-argument` with Zipkin's texts (zipkin.md 1.1)
 */
export function parseTraceIds(traceIds: string): string[] {
  if (traceIds === '') throw new TracekinError('invalid-argument', 'traceIds parameter is empty');
  const parts = traceIds.split(',');
  if (parts.length > MAX_TRACE_IDS) parts.push(parts.splice(MAX_TRACE_IDS - 1).join(','));
  if (parts.length === 1) {
    throw new TracekinError('invalid-argument', 'Use /api/v2/trace/{traceId} endpoint to retrieve a single trace');
  }
  const unique = new Set<string>();
  for (const part of parts) {
    const traceId = normalizeTraceId(part);
    if (unique.has(traceId)) throw new TracekinError('invalid-argument', `redundant traceId: ${part}`);
    unique.add(traceId);
  }
  return [...unique];
}
