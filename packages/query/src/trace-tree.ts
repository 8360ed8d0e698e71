import { buildSpanTree, correctClockSkew, preOrder, type Span } from '@tracekin/model';

/** One row of a trace that is drawn from top to bottom. */
export interface TreeRow {
  /** Merged from everything reported about this half of the call, times corrected for clock skew. */
  readonly span: Span;
  /** 0 for the root and, when no root was reported, for spans whose parent is not in the trace. */
  readonly depth: number;
  /** Direct children, which follow below. */
  readonly childCount: number;
  /** What clock-skew correction added to the timestamps. Microseconds; absent when nothing. */
  readonly skewMicros?: number;
  /** Hangs here only because its real parent was not reported. Absent rather than false. */
  readonly detached?: true;
}

/** The rows of a trace in pre-order: parents before children, siblings by start. Empty for no spans. */
export function traceRows(spans: readonly Span[]): TreeRow[] {
  if (spans.length === 0) return [];
  const { root, moved } = correctClockSkew(buildSpanTree(spans));
  const skew = new Map(moved.map(({ node, byMicros }) => [node, byMicros]));
  const depths = new Map<object, number>();
  return preOrder(root).map(node => {
    const above = node.parent === undefined ? undefined : depths.get(node.parent);
    const depth = above === undefined ? 0 : above + 1;
    depths.set(node, depth);
    const skewMicros = skew.get(node);
    return {
      span: node.span!,
      depth,
      childCount: node.children.length,
      ...(skewMicros !== undefined && { skewMicros }),
      ...(node.detached && { detached: true as const }),
    };
  });
}
