import { parseHex32 } from '@tracekin/codec';
import { type DependencyLink, lowTraceId, type Span, TracekinError } from '@tracekin/model';
import type {
  CallOptions,
  CheckResult,
  DependencyQuery,
  OpenBatch,
  SpanAnalysis,
  SpanBatch,
  Storage,
  StorageCapabilities,
  StorageOptions,
  StorageStats,
  TraceQuery,
} from '@tracekin/storage';
import { ClickHouseAnalysis } from './analysis/clickhouse-analysis.ts';
import type { Log } from './clickhouse-options.ts';
import type { CallLimits, Connection, Sql } from './connection.ts';
import { LinkStore } from './links/link-store.ts';
import { type Leadership, Settler } from './links/settler.ts';
import { NameStore } from './names/name-store.ts';
import { deleteSpans } from './read/delete-sql.ts';
import { readTraces } from './read/read-traces.ts';
import { Retention } from './retention/retention.ts';
import type { RetentionLimits } from './retention/retention-plan.ts';
import { migrate } from './schema/migrate.ts';
import type { Layout } from './schema/tables.ts';
import { findTraces, type SearchContext } from './search/find-traces.ts';
import { BatchWriter } from './write/batch-writer.ts';

export interface ClickHouseStorageParts {
  readonly name: string;
  readonly connection: Connection;
  readonly layout: Layout;
  readonly options: StorageOptions;
  readonly log: Log;
  readonly retention?: RetentionLimits;
  /** Times that the embedded engine was started again. */
  readonly engineRestarts?: () => number;
  /** Creates what the schema needs beyond this connection, e.g. on other shards. */
  readonly prepare?: (signal?: AbortSignal) => Promise<void>;
  /** Runs a statement on every shard; absent where the connection alone reaches everything. */
  readonly commandEverywhere?: (sql: Sql, limits: CallLimits) => Promise<void>;
  /** Where several servers write to the same tables: a name of this one, and who of them settles links. */
  readonly shared?: { readonly server: string; readonly leadership: Leadership & AsyncDisposable };
  /** Ends what this storage owns besides the connection. */
  readonly close?: () => Promise<void>;
}

/** Spans in ClickHouse, embedded or remote. See docs/decisions/storage-clickhouse.md for why things are where they are. */
export class ClickHouseStorage implements Storage {
  /** For tests and metrics. */
  readonly retention: Retention;
  readonly name: string;
  readonly capabilities: StorageCapabilities = { durable: true, deleteTrace: true, compactBatches: true };
  readonly analysis: SpanAnalysis;
  readonly #parts: ClickHouseStorageParts;
  readonly #connection: Connection;
  readonly #layout: Layout;
  readonly #options: StorageOptions;
  readonly #names: NameStore;
  readonly #settler: Settler;
  readonly #writer: BatchWriter;
  #schema: Promise<void> | undefined;
  #closed = false;
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(parts: ClickHouseStorageParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.#connection = parts.connection;
    this.#layout = parts.layout;
    this.#options = parts.options;
    this.analysis = new ClickHouseAnalysis({
      connection: parts.connection,
      layout: parts.layout,
      searchEnabled: parts.options.searchEnabled,
      ready: () => this.#ready(),
    });
    this.#names = new NameStore(parts.connection, parts.layout, parts.shared !== undefined);
    this.#settler = new Settler({
      store: new LinkStore(parts.connection, parts.layout),
      server: parts.shared?.server ?? 'embedded',
      leadership: parts.shared?.leadership ?? { isLeader: () => Promise.resolve(true) },
      shared: parts.shared !== undefined,
      log: parts.log,
    });
    this.retention = new Retention({
      connection: parts.connection,
      layout: parts.layout,
      limits: parts.retention ?? {},
      log: parts.log,
      settled: () => this.#settler.waiting === 0,
      dropped: () => this.#names.forget(),
      commandEverywhere: parts.commandEverywhere,
    });
    this.#writer = new BatchWriter(parts.connection, parts.layout, this.#names, this.#settler, parts.options);
  }

  async write(batch: SpanBatch): Promise<void> {
    await this.#track(this.#ready().then(() => this.#writer.write(batch)));
  }

  openBatch(): OpenBatch {
    const batch = this.#writer.open();
    return {
      add: spans => batch.add(spans),
      write: id => this.#track(this.#ready().then(() => this.#writer.writeEncoded(id, batch.pieces()))),
      spans: () => batch.spans(),
      close: () => batch.close(),
    };
  }

  async getTrace(traceId: string, options: CallOptions = {}): Promise<Span[]> {
    await this.#ready();
    const low = lowTraceId(traceId);
    const traces = await readTraces(this.#connection, this.#layout, [low], options);
    return (traces.get(low) ?? []).filter(span => !this.#options.strictTraceId || span.traceId === traceId);
  }

  async getTraces(traceIds: readonly string[], options: CallOptions = {}): Promise<Span[][]> {
    if (traceIds.length === 0) return [];
    await this.#ready();
    const { strictTraceId } = this.#options;
    const lowIds = [...new Set(traceIds.map(lowTraceId))];
    const traces = await readTraces(this.#connection, this.#layout, lowIds, options);
    const wanted = strictTraceId ? traceIds : lowIds;
    return wanted
      .map(id => {
        const spans = traces.get(lowTraceId(id)) ?? [];
        return strictTraceId ? spans.filter(span => span.traceId === id) : spans;
      })
      .filter(spans => spans.length > 0);
  }

  async findTraces(query: TraceQuery, options: CallOptions = {}): Promise<Span[][]> {
    if (!this.#options.searchEnabled) return [];
    await this.#ready();
    const { strictTraceId } = this.#options;
    const context: SearchContext = {
      connection: this.#connection,
      layout: this.#layout,
      strictTraceId,
      limits: options,
    };
    const { found, spans: spansOf } = await findTraces(query, context);
    return found
      .map(({ low, high }) => {
        const spans = [...(spansOf.get(low) ?? [])];
        if (!strictTraceId) return spans;
        const traceId = high === '0000000000000000' ? low : high + low;
        return spans.filter(span => span.traceId === traceId);
      })
      .filter(spans => spans.length > 0);
  }

  async getServiceNames(options: CallOptions = {}): Promise<string[]> {
    if (!this.#options.searchEnabled) return [];
    await this.#ready();
    return this.#names.services(options);
  }

  async getSpanNames(serviceName: string, options: CallOptions = {}): Promise<string[]> {
    if (!this.#options.searchEnabled) return [];
    await this.#ready();
    return this.#names.of('span', serviceName, options);
  }

  async getRemoteServiceNames(serviceName: string, options: CallOptions = {}): Promise<string[]> {
    if (!this.#options.searchEnabled) return [];
    await this.#ready();
    return this.#names.of('remote', serviceName, options);
  }

  async getAutocompleteValues(key: string, options: CallOptions = {}): Promise<string[]> {
    if (!this.#options.searchEnabled || !this.#options.autocompleteKeys.includes(key)) return [];
    await this.#ready();
    return this.#names.of('tag', key, options);
  }

  async getDependencies(query: DependencyQuery, options: CallOptions = {}): Promise<DependencyLink[]> {
    await this.#ready();
    return this.#settler.dependencies(query, options);
  }

  async deleteTrace(traceId: string, options: CallOptions = {}): Promise<number> {
    const spans = await this.getTrace(traceId, options);
    if (spans.length === 0) return 0;
    const low = lowTraceId(traceId);
    const all = (await readTraces(this.#connection, this.#layout, [low], options)).get(low) ?? [];
    const minutes = new Set(all.map(({ timestamp = 0 }) => Math.floor(timestamp / 60_000_000)));
    await this.#settler.forget(low, [...minutes]);
    const sql = deleteSpans(this.#layout, traceId, this.#options.strictTraceId);
    await (this.#parts.commandEverywhere?.(sql, options) ?? this.#connection.command(sql, options));
    // Another trace that ends in the same 64 bits stays, and with it links.
    if (all.length > spans.length) {
      await this.#settler.touch(Uint32Array.of(parseHex32(low, 8), parseHex32(low, 0)), options);
    }
    return spans.length;
  }

  stats(): Required<StorageStats> {
    return {
      ...this.retention.counters,
      engineRestarts: this.#parts.engineRestarts?.() ?? 0,
      tracesWaitingForLinks: this.#settler.waiting,
    };
  }

  /** Settles all links now; for tests and benchmarks. */
  async settleLinks(): Promise<void> {
    await this.#ready();
    await this.#settler.settleAll();
  }

  async check(options: CallOptions = {}): Promise<CheckResult> {
    try {
      await this.#ready();
      await this.#connection.query({ text: 'SELECT 1' }, { ...options, timeoutMs: 5_000 });
      return { ok: true };
    } catch (error) {
      return { ok: false, error: error instanceof Error ? error.message : String(error) };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#underWay);
    await this.#schema?.catch(() => {});
    await this.retention.close();
    await this.#settler.close();
    await this.#parts.shared?.leadership[Symbol.asyncDispose]();
    await this.#connection.close();
    await this.#parts.close?.();
  }

  /** Lets disposal wait for a write. */
  async #track(writing: Promise<void>): Promise<void> {
    this.#underWay.add(writing);
    try {
      await writing;
    } finally {
      this.#underWay.delete(writing);
    }
  }

  /** The schema is there. A failure is not remembered: the next call tries again. */
  async #ready(): Promise<void> {
    if (this.#closed) throw new TracekinError('unavailable', 'the storage is closed');
    this.#schema ??= this.#createSchema();
    try {
      await this.#schema;
    } catch (error) {
      this.#schema = undefined;
      throw error;
    }
  }

  async #createSchema(): Promise<void> {
    await this.#parts.prepare?.();
    await migrate(this.#connection, this.#layout);
    await this.#settler.start();
    this.retention.start();
  }
}
