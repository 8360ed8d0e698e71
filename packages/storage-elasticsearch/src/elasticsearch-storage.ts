import { type DependencyLink, lowTraceId, type Span, TracekinError } from '@tracekin/model';
import type {
  CallOptions,
  CheckResult,
  DependencyQuery,
  OpenBatch,
  SpanBatch,
  Storage,
  StorageCapabilities,
  TraceQuery,
} from '@tracekin/storage';
import { writeBulk } from './bulk-writer.ts';
import { Cluster } from './cluster.ts';
import type { DocumentBatch } from './document-batch.ts';
import { ensureTemplates } from './ensure-templates.ts';
import { IndexNames } from './index-names.ts';
import { LinkDocuments } from './link-documents.ts';
import type { ElasticsearchOptions } from './options.ts';
import { PendingTraces } from './pending-traces.ts';
import { PublishedLinks } from './published-links.ts';
import { distinctValues, lenient, searchPath } from './read-documents.ts';
import { dropOldIndices } from './retention.ts';
import { all, type Clause, range, term } from './search-query.ts';
import { SpanWriter, spansPerRequest } from './span-writer.ts';
import { TraceLinker } from './trace-linker.ts';
import { distinctSpans, TraceReader } from './trace-reader.ts';
import { detectServer, type SearchServer } from './version.ts';
import { WriteGatherer } from './write-gatherer.ts';

const dayMs = 86_400_000;
const retentionEveryMs = 3_600_000;
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
  readonly #traces: TraceReader;
  readonly #gatherer = new WriteGatherer<DocumentBatch>(batches => this.#write(batches), spansPerRequest);
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
    this.#traces = new TraceReader(this.#cluster, this.#names, options.strictTraceId);
    this.#linkDocuments = new LinkDocuments(this.#cluster, this.#names);
    this.#published = new PublishedLinks({
      cluster: this.#cluster,
      names: this.#names,
      links: this.#linkDocuments,
      log: options.log,
    });
  }

  async write({ id, spans }: SpanBatch): Promise<void> {
    const batch = this.openBatch();
    batch.add(spans);
    await batch.write(id).finally(() => batch.close());
  }

  openBatch(): OpenBatch {
    const batch = this.#spanWriter.open();
    return {
      add: spans => batch.add(spans),
      write: () => this.#writeSoon(batch),
      spans: () => batch.spans(),
      close: () => batch.close(),
    };
  }

  async #writeSoon(batch: DocumentBatch): Promise<void> {
    // Under way from here on: closing waits for it.
    const writing = this.#open().then(() => this.#gatherer.add(batch));
    this.#writing.add(writing);
    try {
      await writing;
    } finally {
      this.#writing.delete(writing);
    }
  }

  async #write(batches: readonly DocumentBatch[]): Promise<void> {
    const linker = this.#traceLinker();
    await linker.room();
    await this.#spanWriter.write(batches);
    // After the spans, so that a trace that is read back has them; a crash before this brings the batch again.
    for (const { linked } of batches) linker.add(linked);
  }

  async getTrace(traceId: string, options: CallOptions = {}): Promise<Span[]> {
    await this.#open();
    return distinctSpans(await this.#traces.documents(traceId, options));
  }

  async getTraces(traceIds: readonly string[], options: CallOptions = {}): Promise<Span[][]> {
    await this.#open();
    return this.#traces.get(traceIds, options);
  }

  async findTraces(query: TraceQuery, options: CallOptions = {}): Promise<Span[][]> {
    if (!this.#options.searchEnabled) return [];
    await this.#open();
    return this.#traces.find(query, options);
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
    const hits = await this.#traces.documents(traceId, options);
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
    return distinctSpans(hits).length;
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
      // The operator's pipeline takes the place of the index's, for a Zipkin server that has it too.
      const joinedTerms = this.#options.pipeline === undefined && server.joinsTerms;
      const { index, log } = this.#options;
      await ensureTemplates(this.#cluster, index, this.#names, { ...this.#options, joinedTerms }, log);
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
        readTraces: async traceIds => (await this.#traces.get(traceIds, {})).flat(),
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

  #refreshSpans(): Promise<unknown> {
    return this.#cluster.request({ method: 'POST', path: `/${this.#names.all('span')}/_refresh`, query: lenient });
  }
}

function withoutCredentials(host: string): string {
  return host.replace(/\/\/[^/@]*@/, '//');
}
