/**
 * The search results that a trace was opened from, so that the trace screen can go to the next one. Kept per tab: written
 * by the search screen, read here.
 */
export interface ResultList {
  readonly traceIds: readonly string[];
  /** The address of the search, relative to the UI: `?serviceName=…`. */
  readonly search: string;
}

const KEY = 'tracekin.results';

export function rememberResults(list: ResultList): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(list));
  } catch {
    // Without storage there is no previous and next, nothing else is lost.
  }
}

export function recallResults(): ResultList | undefined {
  try {
    const list: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
    if (typeof list !== 'object' || list === null) return undefined;
    const { traceIds, search } = list as Partial<ResultList>;
    if (!Array.isArray(traceIds) || typeof search !== 'string') return undefined;
    return { traceIds: traceIds.filter(id => typeof id === 'string'), search };
  } catch {
    return undefined;
  }
}
