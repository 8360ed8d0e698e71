import type { DurationMicros } from './span.ts';
import { preOrder, type SpanNode } from './span-tree.ts';

/**
 * The part of each span's duration during which none of its children ran, in microseconds; overlapping children count
 * once, and only where they are inside of the span. Spans without timestamp or duration have no entry, and as children they
 * take no time.
 */
export function selfTimes(root: SpanNode): Map<SpanNode, DurationMicros> {
  const result = new Map<SpanNode, DurationMicros>();
  for (const node of preOrder(root)) {
    const { timestamp, duration } = node.span!;
    if (timestamp === undefined || duration === undefined) continue;
    const end = timestamp + duration;
    let covered = 0;
    let coveredUntil = timestamp;
    // Children come by start, so one pass finds the union of their intervals.
    for (const { span } of node.children) {
      if (span?.timestamp === undefined || span.duration === undefined) continue;
      const from = Math.max(span.timestamp, coveredUntil);
      const until = Math.min(span.timestamp + span.duration, end);
      if (until <= from) continue;
      covered += until - from;
      coveredUntil = until;
    }
    result.set(node, duration - covered);
  }
  return result;
}
