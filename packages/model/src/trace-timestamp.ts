import type { EpochMicros, Span } from './span.ts';

/**
 * When a trace starts: at the earliest timestamp of its spans without a parent, else at its earliest timestamp. Undefined
 * when no span has one. The order of the spans does not matter: Zipkin takes the first root in stored order, which is
 * the same for a trace with one root (zipkin.md 1.2).
 */
export function traceTimestamp(spans: Iterable<Pick<Span, 'timestamp' | 'parentId'>>): EpochMicros | undefined {
  let root: EpochMicros | undefined;
  let any: EpochMicros | undefined;
  for (const { timestamp, parentId } of spans) {
    if (timestamp === undefined) continue;
    if (any === undefined || timestamp < any) any = timestamp;
    if (parentId === undefined && (root === undefined || timestamp < root)) root = timestamp;
  }
  return root ?? any;
}
