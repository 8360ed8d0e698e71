import type { DependencyLink, EpochMicros, EpochMillis } from '@tracekin/model';
import { type BulkDocument, writeBulk } from './bulk-writer.ts';
import type { Cluster } from './cluster.ts';
import type { IndexNames } from './index-names.ts';
import { lenient, readDocuments, searchPath } from './read-documents.ts';
import { range } from './search-query.ts';

const dayMs = 86_400_000;

/** The links of one whole trace. Its document's id is the trace's low 64 bits, so that it is counted once. */
export interface TraceLinks {
  readonly lowTraceId: string;
  /** The trace's start; decides the day and whether a window holds it. */
  readonly timestamp: EpochMicros;
  readonly links: readonly DependencyLink[];
  /** Ids its spans were reported with: one, or a 64-bit and a 128-bit one. */
  readonly traceIds: readonly string[];
}

/** Reads and writes Tracekin's `trace-link` indices: one document a trace. */
export class LinkDocuments {
  readonly #cluster: Cluster;
  readonly #names: IndexNames;

  constructor(cluster: Cluster, names: IndexNames) {
    this.#cluster = cluster;
    this.#names = names;
  }

  /** Writes traces that nobody wrote before; returns those that somebody did. */
  async create(traces: readonly TraceLinks[]): Promise<TraceLinks[]> {
    const documents = traces.map(trace => this.#document(trace, 'create'));
    const { conflicts } = await writeBulk(this.#cluster, documents);
    const known = new Set(conflicts.map(document => document.id));
    return traces.filter(trace => known.has(trace.lowTraceId));
  }

  /** Replaces what is stored of these traces, also when their start has moved to a neighbouring day. */
  async replace(traces: readonly TraceLinks[]): Promise<void> {
    await writeBulk(
      this.#cluster,
      traces.map(trace => this.#document(trace, 'index')),
    );
    const lines: { readonly index: string; readonly line: string }[] = [];
    for (const { lowTraceId, timestamp } of traces) {
      const start = millis(timestamp);
      for (const day of [start - dayMs, start + dayMs]) {
        const index = this.#names.of('trace-link', day);
        lines.push({ index, line: `{"delete":{"_index":"${index}","_id":"${lowTraceId}"}}\n` });
      }
    }
    // Deleting from an index that does not exist would create it, so only existing ones are asked.
    const existing = new Set(await this.#existing([...new Set(lines.map(({ index }) => index))]));
    const body = lines.filter(({ index }) => existing.has(index)).map(({ line }) => line);
    if (body.length > 0) await this.#cluster.request({ method: 'POST', path: '/_bulk', body: body.join('') });
  }

  /** Trace ids that documents of these traces name. Sees what was written before the last `refresh`. */
  async traceIds(lowTraceIds: readonly string[]): Promise<string[]> {
    const path = `/${this.#names.all('trace-link')}/_search`;
    const hits = await readDocuments<Pick<TraceLinks, 'traceIds'>>(this.#cluster, path, {
      ids: { values: lowTraceIds },
    });
    return hits.flatMap(hit => hit._source.traceIds);
  }

  /** Removes a trace from every day. */
  async remove(lowTraceId: string): Promise<void> {
    const { body } = await this.#cluster.request<{ hits?: { hits: { _index: string }[] } }>({
      method: 'POST',
      path: `/${this.#names.all('trace-link')}/_search`,
      query: lenient,
      body: { query: { ids: { values: [lowTraceId] } }, _source: false },
    });
    const lines = (body.hits?.hits ?? []).map(hit => `{"delete":{"_index":"${hit._index}","_id":"${lowTraceId}"}}\n`);
    if (lines.length > 0) await this.#cluster.request({ method: 'POST', path: '/_bulk', body: lines.join('') });
  }

  /** Makes what was written visible to `sum`. */
  async refresh(): Promise<void> {
    await this.#cluster.request({ method: 'POST', path: `/${this.#names.all('trace-link')}/_refresh`, query: lenient });
  }

  /** The links of all traces that start in a window (inclusive, microseconds), summed. Pages, so nothing is cut off. */
  async sum(from: EpochMicros, to: EpochMicros, signal?: AbortSignal): Promise<DependencyLink[]> {
    const indices = this.#names.window('trace-link', millis(from), millis(to));
    if (indices.length === 0) return [];
    const links: DependencyLink[] = [];
    let after: object | undefined;
    do {
      const { status, body } = await this.#cluster.request<LinkSums>({
        method: 'POST',
        path: searchPath(indices, this.#names.all('trace-link')),
        query: lenient,
        body: {
          size: 0,
          query: range('timestamp', from, to),
          aggs: { links: { nested: { path: 'links' }, aggs: { pairs: pairs(after) } } },
        },
        signal,
      });
      const page = status === 404 ? undefined : body.aggregations?.links?.pairs;
      for (const { key, calls, errors } of page?.buckets ?? []) {
        links.push({ ...key, callCount: calls.value, ...(errors.value > 0 && { errorCount: errors.value }) });
      }
      after = page?.after_key;
    } while (after !== undefined);
    return links;
  }

  async #existing(indices: readonly string[]): Promise<string[]> {
    if (indices.length === 0) return [];
    const { status, body } = await this.#cluster.request<Readonly<Record<string, unknown>>>({
      method: 'GET',
      path: `/${indices.join(',')}/_alias`,
      query: lenient,
    });
    return status === 404 ? [] : Object.keys(body);
  }

  #document({ lowTraceId, timestamp, links, traceIds }: TraceLinks, action: BulkDocument['action']): BulkDocument {
    const index = this.#names.of('trace-link', millis(timestamp));
    return { index, id: lowTraceId, action, source: JSON.stringify({ timestamp, traceIds, links }) };
  }
}

interface LinkSums {
  readonly aggregations?: {
    readonly links?: {
      readonly pairs?: {
        readonly after_key?: object;
        readonly buckets: readonly {
          readonly key: { readonly parent: string; readonly child: string };
          readonly calls: { readonly value: number };
          readonly errors: { readonly value: number };
        }[];
      };
    };
  };
}

function pairs(after: object | undefined): object {
  return {
    composite: {
      size: 1000,
      sources: [{ parent: { terms: { field: 'links.parent' } } }, { child: { terms: { field: 'links.child' } } }],
      ...(after === undefined ? {} : { after }),
    },
    aggs: { calls: { sum: { field: 'links.callCount' } }, errors: { sum: { field: 'links.errorCount' } } },
  };
}

function millis(timestamp: EpochMicros): EpochMillis {
  return Math.floor(timestamp / 1000);
}
