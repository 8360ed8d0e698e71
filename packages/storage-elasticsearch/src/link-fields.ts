import { RawSpan, type TagShape } from '@tracekin/codec';
import type { Span } from '@tracekin/model';

/** Whether a sequence of tag keys has `error`. */
const failing = new WeakMap<TagShape, boolean>();

/** What linking reads of a span, so that tags, annotations and the message that they came in are not held in memory. */
export function linkFields(span: Span): Span {
  const { traceId, parentId, id, kind, timestamp, duration, localEndpoint, remoteEndpoint, shared } = span;
  return {
    traceId,
    parentId,
    id,
    kind,
    timestamp,
    duration,
    localEndpoint,
    remoteEndpoint,
    shared,
    tags: hasError(span) ? failed : undefined,
  };
}

const failed = { error: '' } as const;

function hasError(span: Span): boolean {
  if (!(span instanceof RawSpan) || span.tagShape === undefined)
    return span.tags !== undefined && Object.hasOwn(span.tags, 'error');
  let has = failing.get(span.tagShape);
  if (has === undefined) {
    has = span.tagShape.sorted().keys.includes('error');
    failing.set(span.tagShape, has);
  }
  return has;
}
