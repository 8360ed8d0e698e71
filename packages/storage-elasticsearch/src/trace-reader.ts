import { decodeSpans } from '@tracekin/codec';
import { lowTraceId, type Span } from '@tracekin/model';
import { type CallOptions, matchesSpan, type TraceQuery } from '@tracekin/storage';
import type { Cluster } from './cluster.ts';
import type { IndexNames } from './index-names.ts';
import { type Hit, lenient, readDocuments, searchPath } from './read-documents.ts';
import { all, type Clause, newestTraces } from './search-query.ts';

const dayMs = 86_400_000;
/** Ids in one `terms` clause; the servers allow 65,536. */
const idsPerRequest = 1000;
/** Where a search stops asking for more candidates; the servers allow 65,536 buckets. */
const largestCandidates = 15_000;
/** What is stored was decoded under the limits of its time. */
const unlimited = { maxSpans: Number.MAX_SAFE_INTEGER };

/** Reads traces from the span indices. */
export class TraceReader {
  readonly #cluster: Cluster;
  readonly #names: IndexNames;
  readonly #strictTraceId: boolean;

  constructor(cluster: Cluster, names: IndexNames, strictTraceId: boolean) {
    this.#cluster = cluster;
    this.#names = names;
    this.#strictTraceId = strictTraceId;
  }

  /** Every document of one trace, of all days. */
  documents(traceId: string, options: CallOptions): Promise<Hit<Span>[]> {
    const path = `/${this.#names.all('span')}/_search`;
    return readDocuments<Span>(this.#cluster, path, this.#ofTraces([traceId]), options);
  }

  /** Those of these traces that exist, each once, of all days. */
  async get(traceIds: readonly string[], options: CallOptions): Promise<Span[][]> {
    const traces = await this.#read([this.#names.all('span')], traceIds, options);
    return [...new Set(traceIds.map(id => this.#groupOf(id)))]
      .map(id => traces.get(id) ?? [])
      .filter(trace => trace.length > 0);
  }

  /** What a search finds: the newest `limit` traces with a span that meets the query. */
  async find(query: TraceQuery, options: CallOptions): Promise<Span[][]> {
    const indices = this.#names.window('span', query.endTs - query.lookback, query.endTs);
    if (indices.length === 0) return [];
    // Annotations and tags are terms of one field, as Zipkin has it, so a candidate may not match; then more candidates are asked for.
    for (let size = query.limit; ; size *= 4) {
      const { ids, exhausted } = await this.#candidates(query, indices, size, options);
      const traces = await this.#readMatches(query, ids, options);
      if (traces.length >= query.limit || exhausted || size > largestCandidates) return traces.slice(0, query.limit);
    }
  }

  /** Ids of the newest traces that a search may find, newest first. */
  async #candidates(
    query: TraceQuery,
    indices: readonly string[],
    count: number,
    { signal }: CallOptions,
  ): Promise<{ ids: string[]; exhausted: boolean }> {
    // Without strict ids a 128-bit trace shows up under two keys, its id and the last 16 characters of it.
    const size = this.#strictTraceId ? count : 2 * count;
    const { status, body } = await this.#cluster.request<{
      aggregations?: { traces?: { buckets: { key: string }[] } };
    }>({
      method: 'POST',
      path: searchPath(indices, this.#names.all('span')),
      query: lenient,
      body: newestTraces(query, size),
      signal,
    });
    const keys = status === 404 ? [] : (body.aggregations?.traces?.buckets ?? []).map(bucket => bucket.key);
    return { ids: [...new Set(keys.map(key => this.#groupOf(key)))].slice(0, count), exhausted: keys.length < size };
  }

  async #readMatches(query: TraceQuery, ids: readonly string[], options: CallOptions): Promise<Span[][]> {
    if (ids.length === 0) return [];
    // A trace that crosses midnight has spans in the neighbouring day too.
    const window = this.#names.window('span', query.endTs - query.lookback - dayMs, query.endTs + dayMs);
    const traces = await this.#read(window, ids, options);
    return ids.map(id => traces.get(id) ?? []).filter(trace => trace.some(span => matchesSpan(query, span)));
  }

  /** Traces that belong together share this: the whole id, or its low half when ids are not strict. */
  #groupOf(traceId: string): string {
    return this.#strictTraceId ? traceId : lowTraceId(traceId);
  }

  /** Without strict ids the low half is a token of every id (templates.ts). */
  #ofTraces(traceIds: readonly string[]): Clause {
    return all([{ terms: { traceId: traceIds.map(id => this.#groupOf(id)) } }]);
  }

  async #read(
    indices: readonly string[],
    traceIds: readonly string[],
    options: CallOptions,
  ): Promise<Map<string, Span[]>> {
    const path = searchPath(indices, this.#names.all('span'));
    const traces = new Map<string, Hit<Span>[]>();
    for (let from = 0; from < traceIds.length; from += idsPerRequest) {
      const part = traceIds.slice(from, from + idsPerRequest);
      for (const hit of await readDocuments<Span>(this.#cluster, path, this.#ofTraces(part), options)) {
        const id = this.#groupOf(hit._source.traceId);
        const trace = traces.get(id);
        if (trace === undefined) traces.set(id, [hit]);
        else trace.push(hit);
      }
    }
    return new Map([...traces].map(([id, hits]) => [id, distinctSpans(hits)]));
  }
}

/**
 * Spans of documents, normalised, identical ones once: a span without a time may stand in the indices of two days. A document that is no
 * span (somebody else wrote it) is left out, so that it does not hide the rest.
 */
export function distinctSpans(hits: readonly Hit<Span>[]): Span[] {
  const sources = [...new Map(hits.map(hit => [hit._id, hit._source])).values()];
  try {
    return decode(sources);
  } catch {
    return sources.flatMap(source => {
      try {
        return decode([source]);
      } catch {
        return [];
      }
    });
  }
}

function decode(sources: readonly Span[]): Span[] {
  return decodeSpans(new TextEncoder().encode(JSON.stringify(sources)), 'json-v2', unlimited);
}
