import { decodeSpans } from '@tracekin/codec';
import { type DependencyLink, lowTraceId, type Span, TracekinError } from '@tracekin/model';
import {
  type CallOptions,
  type CheckResult,
  type DependencyQuery,
  matchesSpan,
  type SpanBatch,
  type Storage,
  type StorageCapabilities,
  type TraceQuery,
} from '@tracekin/storage';
import { writeBulk } from './bulk-writer.ts';
import { Cluster } from './cluster.ts';
import { IndexNames } from './index-names.ts';
import { LinkDocuments } from './link-documents.ts';
import type { ElasticsearchOptions } from './options.ts';
import { PendingTraces } from './pending-traces.ts';
import { PublishedLinks } from './published-links.ts';
import { distinctValues, type Hit, lenient, readDocuments, searchPath } from './read-documents.ts';
import { dropOldIndices } from './retention.ts';
import { all, type Clause, newestTraces, range, term } from './search-query.ts';
import { SpanWriter } from './span-writer.ts';
import { ensureTemplates, templates } from './templates.ts';
import { TraceLinker } from './trace-linker.ts';
import { detectServer, type SearchServer } from './version.ts';

const dayMs = 86_400_000;
/** Ids in one `terms` clause; the servers allow 65,536. */
const idsPerRequest = 1000;
const retentionEveryMs = 3_600_000;
/** What is stored was decoded under the limits of its time. */
const unlimited = { maxSpans: Number.MAX_SAFE_INTEGER };
/** Where a search stops asking for more candidates; the servers allow 65,536 buckets. */
const largestCandidates = 15_000;
/** How long closing waits for the cluster before it cuts requests off. What is left is done at the next start. */
const closeWithinMs = 5000;

/**
 * Zipkin's indices in Elasticsearch or OpenSearch, readable and writable beside a real Zipkin (zipkin.md 3.2). Span documents have Zipkin's
 * ids, so writing a span again changes nothing. Reads see a write after the index's refresh, a second by default.
 */
export class ElasticsearchStorage implements Storage {
  readonly name: string;
  readonly capabilities: StorageCapabilities = { durable: true, deleteTrace: true };
  readonly #options: ElasticsearchOptions;
  readonly #cluster: Cluster;
  readonly #names: IndexNames;
  readonly #linkDocuments: LinkDocuments;
  readonly #published: PublishedLinks;
  readonly #spanWriter: SpanWriter;
  readonly #writing = new Set<Promise<void>>();
  #linker: TraceLinker | undefined;
  #opening: Promise<SearchServer> | undefined;
  #retentionTimer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ElasticsearchOptions) {
    this.#options = options;
    this.name = `ElasticsearchStorage{initialEndpoints=${options.hosts.map(withoutCredentials).join(',')}, index=${options.index}}`;
    this.#cluster = new Cluster(options);
    this.#names = new IndexNames(options.index, options.dateSeparator);
    this.#spanWriter = new SpanWriter(this.#cluster, this.#names, options);
    this.#linkDocuments = new LinkDocuments(this.#cluster, this.#names);
    this.#published = new PublishedLinks({
      cluster: this.#cluster,
      names: this.#names,
      links: this.#linkDocuments,
      log: options.log,
    });
  }

  async write(batch: SpanBatch): Promise<void> {
    const writing = this.#write(batch);
    this.#writing.add(writing);
    try {
      await writing;
    } finally {
      this.#writing.delete(writing);
    }
  }

  async #write({ spans }: SpanBatch): Promise<void> {
    await this.#open();
    const linker = this.#traceLinker();
    await linker.room();
    await this.#spanWriter.write(spans);
    // After the spans, so that a trace that is read back has them; a crash before this brings the batch again.
    linker.add(spans);
  }

  async getTrace(traceId: string, options: CallOptions = {}): Promise<Span[]> {
    await this.#open();
    const path = `/${this.#names.all('span')}/_search`;
    return distinct(await readDocuments<Span>(this.#cluster, path, this.#ofTraces([traceId]), options));
  }

  async getTraces(traceIds: readonly string[], options: CallOptions = {}): Promise<Span[][]> {
    await this.#open();
    const traces = await this.#read([this.#names.all('span')], traceIds, options);
    return [...new Set(traceIds.map(id => this.#groupOf(id)))]
      .map(id => traces.get(id) ?? [])
      .filter(trace => trace.length > 0);
  }

  async findTraces(query: TraceQuery, options: CallOptions = {}): Promise<Span[][]> {
    if (!this.#options.searchEnabled) return [];
    await this.#open();
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
    const size = this.#options.strictTraceId ? count : 2 * count;
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

  async getServiceNames(options: CallOptions = {}): Promise<string[]> {
    return this.#distinct('span', all([this.#recent()]), 'localEndpoint.serviceName', options);
  }

  async getSpanNames(serviceName: string, options: CallOptions = {}): Promise<string[]> {
    return this.#distinct(
      'span',
      all([this.#recent(), term('localEndpoint.serviceName', serviceName)]),
      'name',
      options,
    );
  }

  async getRemoteServiceNames(serviceName: string, options: CallOptions = {}): Promise<string[]> {
    const query = all([this.#recent(), term('localEndpoint.serviceName', serviceName)]);
    return this.#distinct('span', query, 'remoteEndpoint.serviceName', options);
  }

  async getAutocompleteValues(key: string, options: CallOptions = {}): Promise<string[]> {
    if (!this.#options.autocompleteKeys.includes(key)) return [];
    return this.#distinct('autocomplete', term('tagKey', key), 'tagValue', options);
  }

  async getDependencies({ endTs, lookback }: DependencyQuery, options: CallOptions = {}): Promise<DependencyLink[]> {
    await this.#open();
    await this.#linker?.flush();
    await this.#linkDocuments.refresh();
    return this.#published.combine(Math.max(0, endTs - lookback), endTs, options.signal);
  }

  async deleteTrace(traceId: string, options: CallOptions = {}): Promise<number> {
    await this.#open();
    await this.#linker?.flush();
    await this.#refreshSpans();
    const path = `/${this.#names.all('span')}/_search`;
    const hits = await readDocuments<Span>(this.#cluster, path, this.#ofTraces([traceId]), options);
    if (hits.length === 0) return 0;
    // By id instead of by query: every server has bulk deletes, and they stop when done.
    await writeBulk(
      this.#cluster,
      hits.map(hit => ({ index: hit._index, id: hit._id, action: 'delete' })),
    );
    await this.#linkDocuments.refresh();
    await this.#linkDocuments.remove([...new Set(hits.map(hit => lowTraceId(hit._source.traceId)))]);
    this.#published.changed(hits.flatMap(hit => hit._source.timestamp ?? []));
    await this.#refreshSpans();
    return distinct(hits).length;
  }

  async check(options: CallOptions = {}): Promise<CheckResult> {
    try {
      await this.#open();
      const { status, body } = await this.#cluster.request<{ status?: string }>({
        method: 'GET',
        path: `/_cluster/health/${this.#names.all('span')}`,
        query: { level: 'cluster', timeout: '2s' },
        signal: options.signal,
      });
      if (status < 400 && body.status?.toLowerCase() === 'red')
        return { ok: false, error: 'Elasticsearch health status is RED' };
      return { ok: true };
    } catch (error) {
      return { ok: false, error: (error as Error).message };
    }
  }

  /** Makes everything written visible to reads. Tests use it; a server never needs it. */
  async refresh(): Promise<void> {
    await this.#refreshSpans();
    await this.#cluster.request({
      method: 'POST',
      path: `/${this.#names.all('autocomplete')}/_refresh`,
      query: lenient,
    });
  }

  /** Writes the daily totals that a Zipkin server reads now instead of within a minute. */
  async publishLinks(): Promise<void> {
    await this.#linker?.flush();
    await this.#published.publish();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#retentionTimer);
    const cut = setTimeout(() => this.#cluster.abort(), closeWithinMs);
    await Promise.allSettled(this.#writing);
    await this.#linker?.close();
    await this.#published.close();
    this.#pending?.close();
    clearTimeout(cut);
    await this.#cluster.close();
  }

  /** Detects the server and ensures its templates once; a failure is tried again by the next call. */
  async #open(): Promise<SearchServer> {
    if (this.#closed) throw new TracekinError('unavailable', 'The Elasticsearch storage is closed');
    this.#opening ??= this.#prepare().catch(error => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async #prepare(): Promise<SearchServer> {
    const server = await detectServer(this.#cluster);
    if (this.#options.ensureTemplates) {
      await ensureTemplates(this.#cluster, templates(this.#options.index, this.#names, this.#options));
    }
    this.#options.log('info', `Traces are stored in ${server.product} ${server.version}`, {
      index: this.#options.index,
    });
    this.#traceLinker();
    // A process that was killed may have left the last days unpublished.
    const now = Date.now();
    this.#published.changed([now * 1000, (now - dayMs) * 1000]);
    this.#startRetention();
    return server;
  }

  #pending: PendingTraces | undefined;

  #traceLinker(): TraceLinker {
    if (this.#linker === undefined) {
      this.#pending = new PendingTraces(this.#options.stateDir);
      this.#linker = new TraceLinker({
        documents: this.#linkDocuments,
        pending: this.#pending,
        readTraces: traceIds => this.#readSpans(traceIds),
        refresh: async () => {
          await this.#refreshSpans();
          await this.#linkDocuments.refresh();
        },
        onLinked: timestamps => this.#published.changed(timestamps),
        log: this.#options.log,
      });
    }
    return this.#linker;
  }

  #startRetention(): void {
    const days = this.#options.retentionDays;
    if (days === undefined || this.#retentionTimer !== undefined) return;
    const drop = (): void => {
      dropOldIndices(this.#cluster, this.#names, days, Date.now()).then(
        indices => {
          if (indices.length > 0) this.#options.log('info', `Dropped indices older than ${days} days`, { indices });
        },
        error => this.#options.log('warn', `Old indices are dropped later: ${(error as Error).message}`),
      );
    };
    this.#retentionTimer = setInterval(drop, retentionEveryMs);
    this.#retentionTimer.unref();
    drop();
  }

  async #distinct(
    type: 'span' | 'autocomplete',
    query: Clause,
    field: string,
    { signal }: CallOptions,
  ): Promise<string[]> {
    if (!this.#options.searchEnabled) return [];
    await this.#open();
    const now = Date.now();
    const indices = this.#names.window(type, now - this.#options.namesLookbackMs, now + dayMs);
    const values = await distinctValues(
      this.#cluster,
      searchPath(indices, this.#names.all(type)),
      query,
      field,
      signal,
    );
    return values.sort();
  }

  /** Spans that names are taken from. */
  #recent(): Clause {
    return range('timestamp_millis', Date.now() - this.#options.namesLookbackMs, undefined);
  }

  /** Traces that belong together share this: the whole id, or its low half when ids are not strict. */
  #groupOf(traceId: string): string {
    return this.#options.strictTraceId ? traceId : lowTraceId(traceId);
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
    return new Map([...traces].map(([id, hits]) => [id, distinct(hits)]));
  }

  async #readSpans(traceIds: readonly string[]): Promise<Span[]> {
    const traces = await this.#read([this.#names.all('span')], traceIds, {});
    return [...traces.values()].flat();
  }

  #refreshSpans(): Promise<unknown> {
    return this.#cluster.request({ method: 'POST', path: `/${this.#names.all('span')}/_refresh`, query: lenient });
  }
}

/**
 * Spans of documents, normalised, identical ones once: a span without a time may stand in the indices of two days. A document that is no
 * span (somebody else wrote it) is left out, so that it does not hide the rest.
 */
function distinct(hits: readonly Hit<Span>[]): Span[] {
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

function withoutCredentials(host: string): string {
  return host.replace(/\/\/[^/@]*@/, '//');
}
