import type { DependencyLink } from '@tracekin/model';

/**
 * The links of one trace as a text that is the same for the same links: most traces of a system have one of few. Empty for a
 * trace without links. `links` are sorted, as the model's linker gives them.
 */
export function formatLinks(links: readonly DependencyLink[]): string {
  if (links.length === 0) return '';
  return JSON.stringify(links.map(link => [link.parent, link.child, link.callCount, link.errorCount ?? 0]));
}

/** The links of a text, each count times `traces`. */
export function parseLinks(text: string, traces: number): DependencyLink[] {
  if (text === '') return [];
  const rows = JSON.parse(text) as [string, string, number, number][];
  return rows.map(([parent, child, calls, errors]) => ({
    parent,
    child,
    callCount: calls * traces,
    ...(errors > 0 && { errorCount: errors * traces }),
  }));
}

/** Sums of links over any number of traces, where a subtraction may take back what was added. */
export class LinkSums {
  readonly #traces = new Map<string, number>();

  /** `traces` traces (negative: fewer) with these links. */
  add(text: string, traces: number): void {
    if (text !== '') this.#traces.set(text, (this.#traces.get(text) ?? 0) + traces);
  }

  /** Sorted by parent, then child. */
  links(): DependencyLink[] {
    const counts = new Map<string, { parent: string; child: string; calls: number; errors: number }>();
    for (const [text, traces] of this.#traces) {
      if (traces === 0) continue;
      for (const { parent, child, callCount, errorCount = 0 } of parseLinks(text, traces)) {
        const key = JSON.stringify([parent, child]);
        const sum = counts.get(key);
        if (sum === undefined) counts.set(key, { parent, child, calls: callCount, errors: errorCount });
        else {
          sum.calls += callCount;
          sum.errors += errorCount;
        }
      }
    }
    return [...counts.values()]
      .filter(({ calls }) => calls > 0)
      .sort((a, b) => compare(a.parent, b.parent) || compare(a.child, b.child))
      .map(({ parent, child, calls, errors }) => ({
        parent,
        child,
        callCount: calls,
        ...(errors > 0 && { errorCount: errors }),
      }));
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
