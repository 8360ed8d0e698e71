import type { DependencyLink, EpochMillis, Span } from '@tracekin/model';
import type { SpanAnalysis } from './analysis/span-analysis.ts';
import type { TraceQuery } from './trace-query.ts';

/** Spans that are written together. */
export interface SpanBatch {
  /**
   * Makes a write repeatable: the same id always comes with the same spans in the same order, and a second write of it
   * changes nothing, also while the first is under way. Unique per data directory and for ever.
   */
  readonly id: string;
  /** Normalised; never empty. The storage neither changes nor keeps the array. */
  readonly spans: readonly Span[];
}

/**
 * A batch that takes its spans a few at a time, for a storage that turns them into its own form at once: so they need not be
 * kept as objects until the batch is written. One caller; `add`, then `write`, then `close`.
 */
export interface OpenBatch {
  /** Appends spans, normalised, without keeping them. Never throws. */
  add(spans: readonly Span[]): void;
  /**
   * As `Storage.write` with all spans that were added, in that order; `spans` and this write the same batch of one id
   * alike. May be repeated with the same id until it resolves.
   */
  write(id: string): Promise<void>;
  /** The spans that were added, in their order; they may cost decoding. For the rare batch that cannot be written whole. */
  spans(): readonly Span[];
  /** Frees its memory. Repeatable; nothing else may follow. */
  close(): void;
}

/** Settings that mean the same on every backend. */
export interface StorageOptions {
  /** True: a trace id matches as a whole. False: by its right-most 16 characters. Zipkin's STRICT_TRACE_ID. */
  readonly strictTraceId: boolean;
  /** False: search, names and autocomplete answer empty; trace by id and dependency links still work. */
  readonly searchEnabled: boolean;
  /** Tag keys whose values are offered by autocomplete. Sorted, unique. */
  readonly autocompleteKeys: readonly string[];
}

/** What a backend can do beyond the contract; the server shows or hides features by it. */
export interface StorageCapabilities {
  /** What a resolved `write` survives: nothing, or the crash of any process. */
  readonly durable: boolean;
  /** Whether `deleteTrace` works. */
  readonly deleteTrace: boolean;
  /** Spans of an open batch take less than a third of the memory that they take as objects. */
  readonly compactBatches?: boolean;
}

/** A window of time in milliseconds; both ends inclusive, timestamps rounded down to their millisecond (`isInWindow`). */
export interface DependencyQuery {
  readonly endTs: EpochMillis;
  /** Above 0. */
  readonly lookback: number;
}

export interface CallOptions {
  /** Aborting rejects the call with the signal's reason as soon as the backend can stop. */
  readonly signal?: AbortSignal | undefined;
}

/** `ok: false` carries one sentence for the operator: what is wrong and what to do. */
export type CheckResult = { readonly ok: true } | { readonly ok: false; readonly error: string };

/** What an operator may watch, as far as a backend has it. All but the last only grow, from the start of this process. */
export interface StorageStats {
  /** Whole days that retention removed, what was in them, and the disk space they took. */
  readonly daysDropped?: number;
  readonly spansDropped?: number;
  readonly bytesDropped?: number;
  /** Times that an engine of this server's own was started again. */
  readonly engineRestarts?: number;
  /** Traces whose dependency links a query still works out by itself. */
  readonly tracesWaitingForLinks?: number;
}

/**
 * A span storage. Constructors do no I/O; the first call connects and every method may be called at any time, concurrently.
 *
 * Failures are `TracekinError`s: `unavailable` when the backend does not answer (safe to repeat), `timeout`, `unsupported`;
 * `too-large` for a batch that can never be stored. Everything that a resolved `write` held is returned by later reads
 * within a second (on a backend with a refresh interval: after it).
 *
 * Results belong to the caller. Orders are part of the contract where stated.
 */
export interface Storage extends AsyncDisposable {
  /** As /health shows it, e.g. `InMemoryStorage{}`. */
  readonly name: string;
  readonly capabilities: StorageCapabilities;
  /** Counts over all spans of a search; absent where the backend cannot do that. */
  readonly analysis?: SpanAnalysis | undefined;

  /** Stores all spans or none. Resolves when they survive what `capabilities.durable` says. */
  write(batch: SpanBatch): Promise<void>;

  /** Only where it is cheaper than keeping spans until `write`. Does no I/O and may be called before anything else. */
  openBatch?(): OpenBatch;

  /**
   * The spans of a trace as they were reported: not merged, identical ones once, in no particular order. Empty when unknown.
   * `traceId` is normalised (16 or 32 characters). No limit on the number of spans.
   */
  getTrace(traceId: string, options?: CallOptions): Promise<Span[]>;

  /**
   * As `getTrace`, per distinct trace; unknown ones are left out. `traceIds` are unique, but with `strictTraceId: false` two of
   * them may mean one trace, which is then given once.
   */
  getTraces(traceIds: readonly string[], options?: CallOptions): Promise<Span[][]>;

  /**
   * Whole traces (spans outside of the window included) of which one span meets every criterion, at most `query.limit`: those
   * whose latest matching span is the most recent, most recent first. `matchesSpan` defines a match; spans without a timestamp
   * never match.
   * With `strictTraceId: false` traces are grouped by the low 64 bits.
   */
  findTraces(query: TraceQuery, options?: CallOptions): Promise<Span[][]>;

  /** Local service names. Sorted, unique. */
  getServiceNames(options?: CallOptions): Promise<string[]>;
  /** Span names that a service (lower case) reported. Sorted, unique. Empty when unknown. */
  getSpanNames(serviceName: string, options?: CallOptions): Promise<string[]>;
  /** Remote service names that a service (lower case) reported. Sorted, unique. Empty when unknown. */
  getRemoteServiceNames(serviceName: string, options?: CallOptions): Promise<string[]>;
  /** Values seen for a key of `autocompleteKeys`, any service. Sorted, unique. Empty for another key. */
  getAutocompleteValues(key: string, options?: CallOptions): Promise<string[]>;

  /**
   * Links of all traces that start in the window, as the model's `linkSpans` gives them for all spans of each such trace,
   * summed. A trace starts at its earliest root's timestamp, else at its earliest timestamp (`traceTimestamp`). Traces are
   * grouped by the low 64 bits of the id, strict or not. Sorted by parent, then child.
   */
  getDependencies(query: DependencyQuery, options?: CallOptions): Promise<DependencyLink[]>;

  /** Removes every span of a trace; resolves to how many there were. Rejects with `unsupported` where it cannot. */
  deleteTrace(traceId: string, options?: CallOptions): Promise<number>;

  /** Cheap and repeatable; never rejects. */
  check(options?: CallOptions): Promise<CheckResult>;

  /** Figures for metrics; cheap, does no I/O. */
  stats?(): StorageStats;

  /** Waits for writes under way and frees everything it opened. Repeatable. Later calls reject with `unavailable`. */
  [Symbol.asyncDispose](): Promise<void>;
}
