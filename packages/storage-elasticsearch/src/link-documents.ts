import { type DependencyLink, DependencyLinker, type EpochMicros, type EpochMillis } from '@tracekin/model';
import type { BulkDocument, DocumentVersion } from './bulk-document.ts';
import { type Refusal, writeBulk } from './bulk-writer.ts';
import type { Cluster } from './cluster.ts';
import type { IndexNames } from './index-names.ts';
import { lenient, readDocuments, searchPath } from './read-documents.ts';
import { all, type Clause, range } from './search-query.ts';

const dayMs = 86_400_000;
/** A trace whose start is older than this may have a document on any later day. */
const recentMs = 25 * 3_600_000;

/** The links of one whole trace. Its document's id is the trace's low 64 bits, so that it is counted once. */
export interface TraceLinks {
  readonly lowTraceId: string;
  /** The trace's start; decides the day and whether a window holds it. */
  readonly timestamp: EpochMicros;
  readonly links: readonly DependencyLink[];
  /** Ids its spans were reported with: one, or a 64-bit and a 128-bit one. */
  readonly traceIds: readonly string[];
}

/** A document of a trace as it is stored. */
export interface LinkDocument {
  readonly lowTraceId: string;
  readonly index: string;
  readonly version: DocumentVersion;
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

  /** Writes traces that have no document on their day; `known` are the low ids of those that have one. */
  async create(traces: readonly TraceLinks[]): Promise<{ known: Set<string>; refused: readonly Refusal[] }> {
    const documents = traces.map(trace => this.#document(trace, undefined));
    const { conflicts, refused } = await writeBulk(this.#cluster, documents);
    return { known: new Set(conflicts.map(document => document.id)), refused };
  }

  /**
   * Low ids of those traces that have a document on another day than theirs: parts of a long trace that were linked apart. With
   * `everyDay` all days are asked, else the neighbours, where the parts of a trace that starts now can only be.
   */
  async elsewhere(traces: readonly TraceLinks[], everyDay: (trace: TraceLinks) => boolean): Promise<Set<string>> {
    const groups = new Map<string, TraceLinks[]>();
    for (const trace of traces) {
      const start = millis(trace.timestamp);
      const days = [start - dayMs, start + dayMs].map(day => this.#names.of('trace-link', day));
      const indices = everyDay(trace) || start < Date.now() - recentMs ? this.#names.all('trace-link') : days.join(',');
      const group = groups.get(indices);
      if (group === undefined) groups.set(indices, [trace]);
      else group.push(trace);
    }
    const found = new Set<string>();
    for (const [indices, group] of groups) {
      const own = new Map(
        group.map(trace => [trace.lowTraceId, this.#names.of('trace-link', millis(trace.timestamp))]),
      );
      // Of two servers that write parts of one trace at once, the one that asks later sees the other's document.
      await this.#cluster.request({ method: 'POST', path: `/${indices}/_refresh`, query: lenient });
      const hits = await readDocuments(this.#cluster, `/${indices}/_search`, ids([...own.keys()]), { source: false });
      for (const { _id, _index } of hits) if (own.get(_id) !== _index) found.add(_id);
    }
    return found;
  }

  /** All documents of these traces. Sees what was written before the last `refresh`. */
  async locate(lowTraceIds: readonly string[]): Promise<LinkDocument[]> {
    const path = `/${this.#names.all('trace-link')}/_search`;
    const hits = await readDocuments<Pick<TraceLinks, 'traceIds'>>(this.#cluster, path, ids(lowTraceIds), {
      versions: true,
    });
    return hits.map(({ _id, _index, _source, _seq_no, _primary_term }) => ({
      lowTraceId: _id,
      index: _index,
      version: { seqNo: _seq_no ?? 0, primaryTerm: _primary_term ?? 0 },
      traceIds: _source.traceIds,
    }));
  }

  /**
   * Replaces what `locate` found of these traces, on whatever day. Returns the low ids of those that somebody else changed since, which
   * have to be read again.
   */
  async replace(traces: readonly TraceLinks[], located: readonly LinkDocument[]): Promise<Set<string>> {
    const versions = new Map(located.map(({ index, lowTraceId, version }) => [`${index} ${lowTraceId}`, version]));
    const days = new Map(
      traces.map(trace => [trace.lowTraceId, this.#names.of('trace-link', millis(trace.timestamp))]),
    );
    const { conflicts } = await writeBulk(
      this.#cluster,
      traces.map(trace => this.#document(trace, versions.get(`${days.get(trace.lowTraceId)} ${trace.lowTraceId}`))),
    );
    const changed = new Set(conflicts.map(document => document.id));
    await this.#delete(
      located.filter(({ lowTraceId, index }) => !changed.has(lowTraceId) && days.get(lowTraceId) !== index),
    );
    return changed;
  }

  /** Removes traces from every day. */
  async remove(lowTraceIds: readonly string[]): Promise<void> {
    await this.#delete(await this.locate(lowTraceIds));
  }

  /** Makes what was written visible to `sum` and `locate`. */
  async refresh(): Promise<void> {
    await this.#cluster.request({ method: 'POST', path: `/${this.#names.all('trace-link')}/_refresh`, query: lenient });
  }

  /** The links of all traces that start in a window (inclusive, microseconds), summed. Pages, so nothing is cut off. */
  async sum(from: EpochMicros, to: EpochMicros, signal?: AbortSignal): Promise<DependencyLink[]> {
    const indices = this.#names.window('trace-link', millis(from), millis(to));
    const linker = new DependencyLinker();
    let after: object | undefined;
    do {
      if (indices.length === 0) break;
      const { status, body } = await this.#cluster.request<LinkSums>({
        method: 'POST',
        path: searchPath(indices, this.#names.all('trace-link')),
        query: lenient,
        body: { size: 0, query: all([range('timestamp', from, to)]), aggs: { calls: callPages(after) } },
        signal,
      });
      const page = status === 404 ? undefined : body.aggregations?.calls;
      for (const { key, doc_count } of page?.buckets ?? []) linker.addLinks([decodeCalls(key.calls, doc_count)]);
      after = page?.after_key;
    } while (after !== undefined);
    return linker.links();
  }

  async #delete(documents: readonly LinkDocument[]): Promise<void> {
    const deletions = documents.map(({ index, lowTraceId }) => ({ index, id: lowTraceId, action: 'delete' }) as const);
    await writeBulk(this.#cluster, deletions);
  }

  #document(
    { lowTraceId, timestamp, links, traceIds }: TraceLinks,
    version: DocumentVersion | undefined,
  ): BulkDocument {
    return {
      index: this.#names.of('trace-link', millis(timestamp)),
      id: lowTraceId,
      action: version === undefined ? 'create' : 'index',
      version,
      source: JSON.stringify({ timestamp, traceIds, calls: links.map(encodeCalls) }),
    };
  }
}

interface LinkSums {
  readonly aggregations?: {
    readonly calls?: {
      readonly after_key?: object;
      readonly buckets: readonly { readonly key: { readonly calls: string }; readonly doc_count: number }[];
    };
  };
}

/**
 * One link of a trace as one keyword, `["parent","child",calls,errors]`: traces that share it are counted by the cluster, with neither
 * nested documents nor sums.
 */
function encodeCalls({ parent, child, callCount, errorCount }: DependencyLink): string {
  return JSON.stringify([parent, child, callCount, errorCount ?? 0]);
}

function decodeCalls(keyword: string, traces: number): DependencyLink {
  const [parent, child, calls, errors] = JSON.parse(keyword) as [string, string, number, number];
  return { parent, child, callCount: calls * traces, ...(errors > 0 && { errorCount: errors * traces }) };
}

function callPages(after: object | undefined): object {
  const sources = [{ calls: { terms: { field: 'calls' } } }];
  return { composite: { size: 1000, sources, ...(after === undefined ? {} : { after }) } };
}

function ids(values: readonly string[]): Clause {
  return all([{ ids: { values } }]);
}

function millis(timestamp: EpochMicros): EpochMillis {
  return Math.floor(timestamp / 1000);
}
