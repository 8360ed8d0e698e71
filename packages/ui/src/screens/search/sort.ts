import type { TraceSummary } from '@tracekin/model';

export const SORTS = ['newest', 'oldest', 'longest', 'shortest', 'spans', 'errors'] as const;
export type Sort = (typeof SORTS)[number];

export function readSort(text: string | undefined): Sort | undefined {
  return SORTS.find(sort => sort === text);
}

const ORDERS: Readonly<Record<Sort, (a: TraceSummary, b: TraceSummary) => number>> = {
  newest: (a, b) => (b.timestamp ?? 0) - (a.timestamp ?? 0),
  oldest: (a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0),
  longest: (a, b) => (b.duration ?? 0) - (a.duration ?? 0),
  shortest: (a, b) => (a.duration ?? 0) - (b.duration ?? 0),
  spans: (a, b) => b.spanCount - a.spanCount,
  errors: (a, b) => b.errorCount - a.errorCount,
};

/** A sorted copy; of equals, the newest first. */
export function sortTraces(traces: readonly TraceSummary[], sort: Sort): TraceSummary[] {
  return traces.toSorted((a, b) => ORDERS[sort](a, b) || ORDERS.newest(a, b) || (a.traceId < b.traceId ? -1 : 1));
}
