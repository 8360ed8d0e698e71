import { setImmediate } from 'node:timers/promises';
import { type DependencyLink, DependencyLinker, lowTraceId, type Span, TracekinError } from '@tracekin/model';
import { MemoryAnalysis } from './analysis/memory-analysis.ts';
import type { SpanAnalysis, SpanCriteria } from './analysis/span-analysis.ts';
import { isInWindow } from './matches-span.ts';
import { MemoryTrace } from './memory-trace.ts';
import { NameIndex } from './name-index.ts';
import { latestMatch, NewestMatches } from './newest-matches.ts';
import { OldestFirst } from './oldest-first.ts';
import type {
  CallOptions,
  CheckResult,
  DependencyQuery,
  SpanBatch,
  Storage,
  StorageCapabilities,
  StorageOptions,
} from './storage.ts';
import type { TraceQuery } from './trace-query.ts';

export interface MemoryStorageOptions extends Partial<StorageOptions> {
  /** The most spans that are kept, over all traces. Zipkin's MEM_MAX_SPANS. */
  readonly maxSpans?: number | undefined;
}

/** Batch ids that are remembered. A repeat comes right after a failure, so far fewer would do. */
const MAX_BATCH_IDS = 100_000;

/** Traces that are linked or counted before other work gets a turn: some milliseconds. */
const LINK_TURN = 1000;

/**
 * The reference storage: everything in this process, nothing kept after it. Bounded: when there are more than `maxSpans`,
 * whole traces go, the one whose latest span is the oldest first; names go with the last trace that has them.
 *
 * Traces are kept by the low 64 bits of their ids, strict or not, because dependency links need them so; with strict ids
 * those few that share the low bits are told apart when they are read.
 */
export class MemoryStorage implements Storage {
  readonly name = 'InMemoryStorage{}';
  readonly capabilities: StorageCapabilities = { durable: false, deleteTrace: true };
  readonly analysis: SpanAnalysis = new MemoryAnalysis((query, options) => this.#readForAnalysis(query, options));
  readonly #strict: boolean;
  readonly #searchEnabled: boolean;
  readonly #maxSpans: number;
  readonly #traces = new Map<string, MemoryTrace>();
  readonly #eviction = new OldestFirst<MemoryTrace>();
  readonly #names: NameIndex;
  readonly #batchIds = new Set<string>();
  #lastSerial = 0;
  #spanCount = 0;
  #closed = false;

  constructor(options: MemoryStorageOptions = {}) {
    this.#strict = options.strictTraceId ?? true;
    this.#searchEnabled = options.searchEnabled ?? true;
    this.#maxSpans = options.maxSpans ?? 500_000;
    this.#names = new NameIndex(options.autocompleteKeys ?? []);
  }

  /** Spans that are stored now. */
  get spanCount(): number {
    return this.#spanCount;
  }

  async write({ id, spans }: SpanBatch): Promise<void> {
    this.#checkOpen();
    if (this.#batchIds.has(id)) return;
    this.#batchIds.add(id);
    if (this.#batchIds.size > MAX_BATCH_IDS) this.#batchIds.delete(this.#batchIds.values().next().value!);
    this.#add(spans);
    while (this.#spanCount > this.#maxSpans) this.#evictOldest();
  }

  async getTrace(traceId: string, options?: CallOptions): Promise<Span[]> {
    this.#checkOpen(options);
    const spans = this.#traces.get(lowTraceId(traceId))?.spans ?? [];
    return this.#strict ? spans.filter(span => span.traceId === traceId) : [...spans];
  }

  async getTraces(traceIds: readonly string[], options?: CallOptions): Promise<Span[][]> {
    // Without strict ids two of the ids may mean one trace.
    const distinct = this.#strict ? traceIds : new Map(traceIds.map(id => [lowTraceId(id), id])).values();
    const traces = await Promise.all([...distinct].map(id => this.getTrace(id, options)));
    return traces.filter(spans => spans.length > 0);
  }

  async findTraces(query: TraceQuery, options?: CallOptions): Promise<Span[][]> {
    this.#checkOpen(options);
    if (!this.#searchEnabled) return [];
    const service = this.#names.services.get(query.serviceName ?? '');
    if (query.serviceName !== undefined && service === undefined) return [];
    const found = new NewestMatches(query.limit);
    for (const trace of this.#newestFirst()) {
      // The matching span cannot be later than the latest one: nothing that follows gets into the result.
      if (trace.latest <= found.threshold || trace.latest < (query.endTs - query.lookback) * 1000) break;
      if (service !== undefined && !trace.services.includes(service)) continue;
      for (const spans of this.#strict ? trace.byTraceId() : [trace.spans]) {
        const at = latestMatch(query, spans);
        if (at !== undefined) found.add(spans, at);
      }
    }
    return found.traces();
  }

  async getServiceNames(options?: CallOptions): Promise<string[]> {
    return this.#readNames(options, names => names.services.keys());
  }

  async getSpanNames(serviceName: string, options?: CallOptions): Promise<string[]> {
    return this.#readNames(options, names => names.services.get(serviceName)?.spanNames.keys());
  }

  async getRemoteServiceNames(serviceName: string, options?: CallOptions): Promise<string[]> {
    return this.#readNames(options, names => names.services.get(serviceName)?.remoteServiceNames.keys());
  }

  async getAutocompleteValues(key: string, options?: CallOptions): Promise<string[]> {
    return this.#readNames(options, names => names.autocomplete.get(key)?.keys());
  }

  async getDependencies(query: DependencyQuery, options?: CallOptions): Promise<DependencyLink[]> {
    this.#checkOpen(options);
    const linker = new DependencyLinker();
    let turn = 0;
    for (const trace of [...this.#traces.values()]) {
      if (!isInWindow(query, trace.start())) continue;
      linker.addLinks(trace.links());
      if (++turn % LINK_TURN === 0) {
        await setImmediate();
        this.#checkOpen(options);
      }
    }
    return linker.links();
  }

  async deleteTrace(traceId: string, options?: CallOptions): Promise<number> {
    this.#checkOpen(options);
    const trace = this.#traces.get(lowTraceId(traceId));
    if (trace === undefined) return 0;
    const kept = this.#strict ? trace.spans.filter(span => span.traceId !== traceId) : [];
    const deleted = trace.spans.length - kept.length;
    if (deleted === 0) return 0;
    this.#remove(trace);
    this.#add(kept);
    // Deleted traces wait in the queue for their turn, which may never come.
    if (this.#eviction.size > 2 * this.#traces.size + 100) this.#eviction.keep(queued => this.#isStored(queued));
    return deleted;
  }

  async check(): Promise<CheckResult> {
    return this.#closed ? { ok: false, error: 'The storage is closed.' } : { ok: true };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#traces.clear();
    this.#names.clear();
    this.#eviction.keep(() => false);
  }

  #checkOpen(options?: CallOptions): void {
    if (this.#closed) throw new TracekinError('unavailable', 'the storage is closed');
    options?.signal?.throwIfAborted();
  }

  #add(spans: readonly Span[]): void {
    let trace: MemoryTrace | undefined;
    for (const span of spans) {
      const id = lowTraceId(span.traceId);
      // Spans of one trace tend to come together.
      if (trace?.id !== id) trace = this.#traces.get(id);
      if (trace === undefined) {
        trace = new MemoryTrace(id, ++this.#lastSerial);
        this.#traces.set(id, trace);
        trace.add(span);
        this.#eviction.push(trace);
      } else if (!trace.add(span)) {
        continue;
      }
      this.#spanCount++;
      this.#names.add(trace, span);
    }
  }

  #evictOldest(): void {
    const oldest = this.#eviction.pop()!;
    // A deleted trace stays in the queue until its turn; a new one of the same id has an entry of its own.
    if (this.#isStored(oldest)) this.#remove(oldest);
  }

  #isStored(trace: MemoryTrace): boolean {
    return this.#traces.get(trace.id) === trace;
  }

  #remove(trace: MemoryTrace): void {
    this.#traces.delete(trace.id);
    this.#spanCount -= trace.spans.length;
    this.#names.remove(trace);
  }

  async *#readForAnalysis(query: SpanCriteria, options?: CallOptions): AsyncGenerator<readonly Span[]> {
    this.#checkOpen(options);
    if (!this.#searchEnabled) return;
    const service = this.#names.services.get(query.serviceName ?? '');
    if (query.serviceName !== undefined && service === undefined) return;
    let turn = 0;
    for (const trace of [...this.#traces.values()]) {
      if (++turn % LINK_TURN === 0) {
        await setImmediate();
        this.#checkOpen(options);
      }
      if (trace.latest < (query.endTs - query.lookback) * 1000) continue;
      if (service === undefined || trace.services.includes(service)) yield trace.spans;
    }
  }

  /** Traces were added roughly by time, so sorting them costs little more than looking at each. */
  #newestFirst(): MemoryTrace[] {
    return [...this.#traces.values()].sort((a, b) => a.latest - b.latest).reverse();
  }

  #readNames(options: CallOptions | undefined, read: (names: NameIndex) => Iterable<string> | undefined): string[] {
    this.#checkOpen(options);
    return this.#searchEnabled ? [...(read(this.#names) ?? [])].sort() : [];
  }
}
