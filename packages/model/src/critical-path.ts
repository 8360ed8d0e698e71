import type { EpochMicros, Span } from './span.ts';
import type { SpanNode } from './span-tree.ts';

/** A time during which the trace waited for this span itself. */
export interface PathSegment {
  readonly span: Span;
  readonly start: EpochMicros;
  /** After `start`. */
  readonly end: EpochMicros;
}

/** A span being walked backwards in time: everything after `until` is on the path already. */
interface Visit {
  readonly span: Span | undefined;
  readonly start: EpochMicros;
  readonly end: EpochMicros;
  until: EpochMicros;
  /** Those with times, the last to finish first. */
  readonly children: readonly SpanNode[];
  next: number;
}

/**
 * What a trace's duration consists of: segments in order of time without overlap. Shortening one of them shortens the trace.
 *
 * Walking back from the end of a span, the child that finished last is what the span waited for; before that child started,
 * the one that finished last by then; and so on, in each child likewise. Children that ran beside a chosen one are not on the
 * path. A child counts only within its parent's time. Spans without timestamp or duration are looked through: their
 * children count as their parent's. The segments cover the root from start to end; when it has no times, the time from the
 * first start to the last end except where nothing ran.
 */
export function criticalPath(root: SpanNode): PathSegment[] {
  const window = windowOf(root);
  if (window === undefined) return [];
  const backwards: PathSegment[] = [];
  const stack: Visit[] = [visit(root, window.start, window.end)];
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    const child = nextChild(top);
    if (child === undefined) {
      addSegment(backwards, top.span, top.start, top.until);
      stack.pop();
      continue;
    }
    const start = Math.max(child.span!.timestamp!, top.start);
    const end = endOf(child);
    // A child that outlives its parent is cut at the parent's end, and only then is later than `until`.
    const cut = Math.min(end, top.until);
    addSegment(backwards, top.span, cut, top.until);
    top.until = start;
    stack.push(visit(child, start, cut));
  }
  return backwards.reverse();
}

function visit(node: SpanNode, start: EpochMicros, end: EpochMicros): Visit {
  const children = timedChildren(node).sort(
    (a, b) => Math.min(endOf(b), end) - Math.min(endOf(a), end) || a.span!.timestamp! - b.span!.timestamp!,
  );
  return { span: isTimed(node) ? node.span : undefined, start, end, until: end, children, next: 0 };
}

function nextChild(top: Visit): SpanNode | undefined {
  while (top.next < top.children.length) {
    const child = top.children[top.next++]!;
    const { timestamp } = child.span!;
    const end = endOf(child);
    // Only before the first choice may a child reach past `until`: it is then cut there. Later it would run beside a chosen one.
    const fits = end <= top.until || (top.until === top.end && timestamp! < top.end);
    if (fits && end > top.start && Math.max(timestamp!, top.start) < top.until) return child;
  }
  return undefined;
}

function addSegment(segments: PathSegment[], span: Span | undefined, start: EpochMicros, end: EpochMicros): void {
  if (span !== undefined && start < end) segments.push({ span, start, end });
}

function endOf({ span }: SpanNode): EpochMicros {
  return span!.timestamp! + span!.duration!;
}

function isTimed({ span }: SpanNode): boolean {
  return span?.timestamp !== undefined && span.duration !== undefined;
}

/** The nearest descendants that have times. */
function timedChildren(node: SpanNode): SpanNode[] {
  const result: SpanNode[] = [];
  const stack = [...node.children];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (isTimed(next)) result.push(next);
    else for (const child of next.children) stack.push(child);
  }
  return result;
}

function windowOf(root: SpanNode): { start: EpochMicros; end: EpochMicros } | undefined {
  if (isTimed(root)) return { start: root.span!.timestamp!, end: endOf(root) };
  let start = Number.POSITIVE_INFINITY;
  let end = 0;
  for (const child of timedChildren(root)) {
    start = Math.min(start, child.span!.timestamp!);
    end = Math.max(end, endOf(child));
  }
  return end === 0 ? undefined : { start, end };
}
