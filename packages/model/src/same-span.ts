import { sameEndpoint } from './endpoint.ts';
import type { Annotation, Span } from './span.ts';
import { tagsInKeyOrder } from './tags.ts';

/** Whether two spans are equal in every field, so that one of them can be dropped. The order of tags does not count. */
export function sameSpan(a: Span, b: Span): boolean {
  return (
    a.id === b.id &&
    a.timestamp === b.timestamp &&
    a.duration === b.duration &&
    a.kind === b.kind &&
    a.name === b.name &&
    a.parentId === b.parentId &&
    a.traceId === b.traceId &&
    a.shared === b.shared &&
    a.debug === b.debug &&
    sameEndpoint(a.localEndpoint, b.localEndpoint) &&
    sameEndpoint(a.remoteEndpoint, b.remoteEndpoint) &&
    sameAnnotations(a.annotations, b.annotations) &&
    sameTags(a.tags, b.tags)
  );
}

function sameAnnotations(a: readonly Annotation[] | undefined, b: readonly Annotation[] | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.length !== b.length) return false;
  return a.every((annotation, i) => annotation.timestamp === b[i]!.timestamp && annotation.value === b[i]!.value);
}

function sameTags(a: Span['tags'], b: Span['tags']): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(key => Object.hasOwn(b, key) && a[key] === b[key]);
}

/** Text that is equal for two spans exactly when `sameSpan` says they are. For sets and hashes of spans. */
export function spanFingerprint(span: Span): string {
  const { tags, annotations, localEndpoint: local, remoteEndpoint: remote } = span;
  const tagList = tags === undefined ? null : Object.entries(tags);
  if (tagList !== null && !tagsInKeyOrder(tags!)) tagList.sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([
    span.traceId,
    span.parentId,
    span.id,
    span.kind,
    span.name,
    span.timestamp,
    span.duration,
    local && [local.serviceName, local.ipv4, local.ipv6, local.port],
    remote && [remote.serviceName, remote.ipv4, remote.ipv6, remote.port],
    annotations?.map(({ timestamp, value }) => [timestamp, value]),
    tagList,
    span.debug,
    span.shared,
  ]);
}
