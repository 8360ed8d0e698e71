import type { Cluster } from './cluster.ts';
import type { Clause } from './search-query.ts';

/** The most that one search may return unless its index says otherwise (`index.max_result_window`). */
const largestPage = 10_000;
const scrollKeepAlive = '1m';
/** Bytes of index names in a path, well below the 4096 of a request line that proxies and servers accept. */
const longestPath = 3000;

/** One document as a search returns it. */
export interface Hit<T> {
  readonly _index: string;
  readonly _id: string;
  readonly _source: T;
  /** With `versions` only. */
  readonly _seq_no?: number;
  readonly _primary_term?: number;
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly pageSize?: number;
  /** False: ids only. */
  readonly source?: boolean;
  /** True: with sequence number and primary term. */
  readonly versions?: boolean;
}

interface SearchAnswer<T> {
  readonly _scroll_id?: string;
  readonly hits: { readonly total: { readonly value: number } | number; readonly hits: readonly Hit<T>[] };
}

/** Missing indices are empty ones: a day without spans has none. */
export const lenient = { ignore_unavailable: true, allow_no_indices: true } as const;

/** The path of a search in these indices. With too many names for a request line the whole pattern is asked instead. */
export function searchPath(indices: readonly string[], pattern: string): string {
  const list = indices.join(',');
  return `/${list.length > longestPath ? pattern : list}/_search`;
}

/**
 * Every document that meets a query, whatever their number: one request as long as they fit a page, a scroll beyond. Nothing is cut
 * off in silence (Zipkin stops at 10,000).
 */
export async function readDocuments<T>(
  cluster: Cluster,
  path: string,
  query: Clause,
  options: ReadOptions = {},
): Promise<Hit<T>[]> {
  const { signal, pageSize = largestPage, source = true, versions = false } = options;
  const body = {
    size: pageSize,
    query,
    sort: ['_doc'],
    track_total_hits: true,
    ...(source ? {} : { _source: false }),
    ...(versions && { seq_no_primary_term: true }),
  };
  const first = await cluster.request<SearchAnswer<T>>({ method: 'POST', path, query: lenient, body, signal });
  if (first.status === 404) return [];
  const { total, hits } = first.body.hits;
  if ((typeof total === 'number' ? total : total.value) <= hits.length) return [...hits];
  return scroll<T>(cluster, path, body, signal);
}

async function scroll<T>(
  cluster: Cluster,
  path: string,
  body: object,
  signal: AbortSignal | undefined,
): Promise<Hit<T>[]> {
  const all: Hit<T>[] = [];
  let answer = await cluster.request<SearchAnswer<T>>({
    method: 'POST',
    path,
    query: { ...lenient, scroll: scrollKeepAlive },
    body,
    signal,
  });
  try {
    while (answer.body.hits.hits.length > 0) {
      for (const hit of answer.body.hits.hits) all.push(hit);
      answer = await cluster.request<SearchAnswer<T>>({
        method: 'POST',
        path: '/_search/scroll',
        body: { scroll: scrollKeepAlive, scroll_id: answer.body._scroll_id },
        signal,
      });
    }
  } finally {
    const id = answer.body._scroll_id;
    if (id !== undefined)
      await cluster.request({ method: 'DELETE', path: '/_search/scroll', body: { scroll_id: [id] } }).catch(() => {});
  }
  return all;
}

/** Distinct values in one answer; the servers allow 65,536 buckets. */
const mostValues = 10_000;

interface Values {
  readonly aggregations?: {
    readonly values?: {
      readonly after_key?: object;
      readonly sum_other_doc_count?: number;
      readonly buckets: readonly { readonly key: string | { readonly value: string } }[];
    };
  };
}

/** Every distinct value of a keyword field among the documents that meet a query, in no particular order. */
export async function distinctValues(
  cluster: Cluster,
  path: string,
  query: Clause,
  field: string,
  signal?: AbortSignal,
): Promise<string[]> {
  const ask = async (values: object): Promise<NonNullable<Values['aggregations']>['values']> => {
    const body = { size: 0, query, aggs: { values } };
    const answer = await cluster.request<Values>({ method: 'POST', path, query: lenient, body, signal });
    return answer.status === 404 ? undefined : answer.body.aggregations?.values;
  };
  const terms = await ask({ terms: { field, size: mostValues } });
  if (terms === undefined || (terms.sum_other_doc_count ?? 0) === 0) return valuesOf(terms?.buckets ?? []);
  // Pages of all values are slower than the most frequent ones at once.
  const values: string[] = [];
  for (let after: object | undefined; ; ) {
    const sources = [{ value: { terms: { field } } }];
    const page = await ask({ composite: { size: mostValues, sources, ...(after === undefined ? {} : { after }) } });
    values.push(...valuesOf(page?.buckets ?? []));
    after = page?.after_key;
    if (after === undefined) return values;
  }
}

function valuesOf(buckets: readonly { readonly key: string | { readonly value: string } }[]): string[] {
  return buckets.map(({ key }) => (typeof key === 'string' ? key : key.value));
}
