import { RawSpan, type TagShape } from '@tracekin/codec';
import type { Span } from '@tracekin/model';

/** Whether a sequence of tag keys has `error`. */
const failing = new WeakMap<TagShape, boolean>();

/** Whether a span has a tag `error`, without making texts of tags that are bytes. */
export function hasError(span: Span): boolean {
  if (!(span instanceof RawSpan) || span.tagShape === undefined)
    return span.tags !== undefined && Object.hasOwn(span.tags, 'error');
  let has = failing.get(span.tagShape);
  if (has === undefined) {
    has = span.tagShape.sorted().keys.includes('error');
    failing.set(span.tagShape, has);
  }
  return has;
}
