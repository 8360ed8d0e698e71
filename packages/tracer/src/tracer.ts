import { type Endpoint, TracekinError } from '@tracekin/model';
import { clockOffset, nowMicros } from './clock.ts';
import { type CurrentSpanCustomizer, currentCustomizer } from './customizer.ts';
import { endpoint } from './endpoint.ts';
import type { SpanHandler } from './handler.ts';
import { HttpParser } from './http-parser.ts';
import { newSpanId, newTraceId } from './id-pool.ts';
import type { Extracted, Getter, Setter } from './propagation/format.ts';
import { Propagation } from './propagation/propagation.ts';
import { noopReporter, type Reporter } from './reporter/reporter.ts';
import { boundarySampler } from './sampler/boundary.ts';
import type { Sampler } from './sampler/sampler.ts';
import { currentContext, withContext } from './scope.ts';
import { ScopedRecordingSpan, ScopedUnsampledSpan } from './scoped-span.ts';
import { RecordingSpan, type Span, UnsampledSpan } from './span.ts';
import { SpanData, setTag } from './span-data.ts';
import { type Baggage, SUPPRESSED, TraceContext } from './trace-context.ts';
import { runTraced } from './traced-call.ts';
import type { SpanOptions, TracerOptions } from './tracer-options.ts';
import { type Warn, warnOnConsole } from './warn.ts';

const NO_OPTIONS: SpanOptions = {};
const NOOP_SPAN: Span = new UnsampledSpan(SUPPRESSED);

/**
 * Makes spans and keeps track of the current one. Usually there is one in a process, made by `startTracing` or
 * `@tracekin/tracer/register`; libraries reach it through `getTracer`.
 *
 * No method throws for reasons of its own, with the exception of the constructor, which refuses bad configuration with a
 * TracekinError of code `invalid-configuration`.
 */
export class Tracer {
  /** This service, on every span. */
  readonly localEndpoint: Endpoint;
  readonly propagation: Propagation;
  readonly http: HttpParser;
  readonly reporter: Reporter;
  readonly warn: Warn;
  /**
   * The run-time switch: while false no span is made, whoever asks, and requests are neither read for headers nor given
   * any. May be changed at any time.
   */
  enabled = true;

  readonly #sampler: Sampler;
  readonly #traceIdBits: 64 | 128;
  readonly #epochPrefix: boolean;
  readonly #supportsJoin: boolean;
  readonly #alwaysRecord: boolean;
  readonly #defaultTags: readonly (readonly [string, string])[];
  readonly #baggageTags: readonly string[];
  #handlers: readonly SpanHandler[];

  constructor(options: TracerOptions) {
    const local = endpoint(options);
    if (local?.serviceName === undefined) {
      throw new TracekinError(
        'invalid-configuration',
        'serviceName is empty: every span needs the name of its service',
      );
    }
    this.localEndpoint = local;
    this.propagation = new Propagation(options.propagation);
    this.http = new HttpParser(options.http, options.peers);
    this.reporter = options.reporter ?? noopReporter;
    this.warn = options.warn ?? warnOnConsole;
    const sampler = options.sampler ?? 1;
    this.#sampler = typeof sampler === 'number' ? boundarySampler(sampler) : sampler;
    this.#traceIdBits = options.traceId?.bits ?? 128;
    this.#epochPrefix = options.traceId?.epochPrefix ?? false;
    this.#supportsJoin = options.supportsJoin ?? true;
    this.#alwaysRecord = options.alwaysRecord ?? false;
    this.#defaultTags = Object.entries(options.defaultTags ?? {});
    this.#baggageTags = (options.propagation?.baggage ?? []).filter(field => field.tag).map(field => field.name);
    this.#handlers = options.handlers ?? [];
  }

  /** The context of the running code. */
  get currentContext(): TraceContext | undefined {
    return currentContext();
  }

  /** The current span, for code that wants to describe it and need not know who started it. Never undefined. */
  get currentSpan(): CurrentSpanCustomizer {
    return currentCustomizer;
  }

  /**
   * Records `fn` as a span which is current while it runs, awaits included, and finishes when it returns or its promise
   * settles. An error is recorded and passed on. Example: `await tracer.trace('load user', () => db.load(id))`.
   */
  trace<T>(name: string, fn: (span: Span) => T, options?: SpanOptions): T {
    return runTraced(this.startSpan(name, options), fn);
  }

  /** Starts a span that is not made current; finish it yourself. For work that starts and ends in different callbacks. */
  startSpan(name: string, options: SpanOptions = NO_OPTIONS): Span {
    const context = this.#contextFor(options);
    if (context === SUPPRESSED) return NOOP_SPAN;
    const data = this.#record(context, name, options);
    if (data === undefined) return new UnsampledSpan(context);
    const span = new RecordingSpan(context, data, this);
    context.span = span;
    return span;
  }

  /**
   * Starts a span that is current until it is finished: `using span = tracer.startScope('parse')`. In an async function
   * the caller sees the scope too until the function's first await returns to it; prefer `trace` there.
   */
  startScope(name: string, options: SpanOptions = NO_OPTIONS): Span {
    const outer = currentContext();
    const context = this.#contextFor(options);
    if (context === SUPPRESSED) return NOOP_SPAN;
    // A scope that ended must not end the scope of an unsampled parent whose context it would share.
    const own = context === outer ? this.#copy(context) : context;
    const data = this.#record(own, name, options);
    if (data === undefined) return new ScopedUnsampledSpan(own, outer);
    const span = new ScopedRecordingSpan(own, data, this, outer);
    own.span = span;
    return span;
  }

  /**
   * The span for work that another process asked for, from what `propagation.extract` found: joined, a child, or the start
   * of a trace. Not made current.
   */
  startReceived(
    name: string,
    kind: 'SERVER' | 'CONSUMER',
    extracted: Extracted | undefined,
    decide?: boolean | Sampler,
  ): Span {
    if (!this.enabled) return NOOP_SPAN;
    const context = this.#received(extracted, kind, decide);
    const data = this.#record(context, name, NO_OPTIONS);
    if (data === undefined) return new UnsampledSpan(context);
    data.kind = kind;
    const span = new RecordingSpan(context, data, this);
    context.span = span;
    return span;
  }

  /** `fn`, recorded as by `trace` each time it is called. Arguments, `this` and the result pass through. */
  wrap<This, A extends unknown[], R>(
    name: string,
    fn: (this: This, ...args: A) => R,
    options?: SpanOptions,
  ): (this: This, ...args: A) => R {
    const tracer = this;
    return function (this: This, ...args: A): R {
      return runTraced(tracer.startSpan(name, options), () => fn.apply(this, args));
    };
  }

  /** What a request's headers say about its trace. */
  extract<C>(carrier: C, get: Getter<C>): Extracted | undefined {
    return this.propagation.extract(carrier, get);
  }

  /** Writes the headers for a request, by default of the current context. Does nothing outside of a trace. */
  inject<C>(carrier: C, set: Setter<C>, context: TraceContext | undefined = currentContext()): void {
    if (context === undefined || context === SUPPRESSED || !this.enabled) return;
    this.propagation.inject(context, carrier, set);
  }

  /** Calls `fn` with `context` current. */
  withContext<A extends unknown[], R>(context: TraceContext | undefined, fn: (...args: A) => R, ...args: A): R {
    return withContext(context, fn, ...args);
  }

  /**
   * Gives a declared baggage field a value in the current trace from here on: for spans and requests started later in this
   * scope. Undefined removes it. Returns false, and does nothing, outside of a trace or if the field was not declared.
   */
  setBaggage(name: string, value: string | undefined): boolean {
    const context = currentContext();
    if (context === undefined || context === SUPPRESSED || !this.propagation.baggage?.has(name)) return false;
    const { [name]: _, ...others } = context.baggage ?? {};
    context.baggage = value === undefined ? others : { ...others, [name]: value };
    return true;
  }

  /** The value of a baggage field in the current trace. */
  getBaggage(name: string): string | undefined {
    const baggage = currentContext()?.baggage;
    return baggage !== undefined && Object.hasOwn(baggage, name) ? baggage[name] : undefined;
  }

  /** Resolves when all finished spans were sent or given up. Never rejects. */
  flush(): Promise<void> {
    return this.reporter.flush();
  }

  /** Sends what is left, for at most about a second, and stops. Never rejects. */
  close(): Promise<void> {
    this.enabled = false;
    return this.reporter.close();
  }

  /** @internal */
  spanFinished(context: TraceContext, data: SpanData): void {
    const handlers = this.#handlers;
    for (let i = 0; i < handlers.length; i++) {
      try {
        if (handlers[i]!.end?.(context, data) === false) return;
      } catch (error) {
        this.#dropHandler(handlers[i]!, error);
      }
    }
    if (!context.sampled) return;
    try {
      this.reporter.report(data);
    } catch (error) {
      this.warn('the reporter threw; tracing is switched off', error);
      this.enabled = false;
    }
  }

  #contextFor(options: SpanOptions): TraceContext {
    if (!this.enabled) return SUPPRESSED;
    const parent = options.parent === null ? undefined : (options.parent ?? currentContext());
    if (parent === undefined) return this.#root(undefined, options.sampler);
    // Nothing of an unsampled trace is kept, so its spans need no ids of their own: the caller's serve for propagation.
    if (parent === SUPPRESSED || (!parent.sampled && !this.#alwaysRecord)) return parent;
    return this.#child(parent);
  }

  #child(parent: TraceContext): TraceContext {
    const context = new TraceContext({
      traceId: parent.traceId,
      spanId: newSpanId(),
      parentId: parent.spanId,
      sampled: parent.sampled,
      debug: parent.debug,
      localRootId: parent.localRootId,
      baggage: parent.baggage,
      traceState: parent.traceState,
    });
    context.clockOffset = parent.clockOffset;
    return context;
  }

  #root(extracted: Extracted | undefined, decide: boolean | Sampler | undefined): TraceContext {
    const traceId = newTraceId(this.#traceIdBits, this.#epochPrefix);
    const context = new TraceContext({
      traceId,
      // One random id serves as both, as Zipkin's clients have it: the root's span id is the low half of the trace id.
      spanId: traceId.length === 32 ? traceId.slice(16) : traceId,
      sampled: extracted?.sampled ?? this.#decide(traceId, decide),
      debug: extracted?.debug === true,
      baggage: extracted?.baggage,
    });
    context.clockOffset = clockOffset();
    return context;
  }

  #received(
    extracted: Extracted | undefined,
    kind: 'SERVER' | 'CONSUMER',
    decide: boolean | Sampler | undefined,
  ): TraceContext {
    if (extracted?.traceId === undefined || extracted.spanId === undefined) return this.#root(extracted, decide);
    const join = kind === 'SERVER' && this.#supportsJoin && extracted.joinable === true;
    const context = new TraceContext({
      traceId: extracted.traceId,
      spanId: join ? extracted.spanId : newSpanId(),
      parentId: join ? extracted.parentId : extracted.spanId,
      sampled: extracted.sampled ?? this.#decide(extracted.traceId, decide),
      debug: extracted.debug === true,
      shared: join,
      baggage: extracted.baggage,
      traceState: extracted.traceState,
    });
    context.clockOffset = clockOffset();
    return context;
  }

  #decide(traceId: string, decide: boolean | Sampler | undefined): boolean {
    if (typeof decide === 'boolean') return decide;
    return (decide ?? this.#sampler).isSampled(traceId);
  }

  /** The data of a new span, or undefined if it is not to be kept. */
  #record(context: TraceContext, name: string, options: SpanOptions): SpanData | undefined {
    if (!context.sampled && !this.#alwaysRecord) return undefined;
    const data = new SpanData(context.traceId, context.parentId, context.spanId);
    data.kind = options.kind;
    data.name = name.toLowerCase();
    data.timestamp = options.timestamp ?? nowMicros(context.clockOffset);
    data.localEndpoint = this.localEndpoint;
    if (options.remote !== undefined) data.remoteEndpoint = endpoint(options.remote);
    if (context.debug) data.debug = true;
    if (context.shared) data.shared = true;
    if (this.#defaultTags.length > 0) for (const [key, value] of this.#defaultTags) setTag(data, key, value);
    if (this.#baggageTags.length > 0) this.#tagBaggage(data, context.baggage);
    if (options.tags !== undefined) {
      for (const key of Object.keys(options.tags)) {
        const value = options.tags[key];
        if (value !== undefined) setTag(data, key, String(value));
      }
    }
    for (const handler of this.#handlers) {
      try {
        handler.begin?.(context, data);
      } catch (error) {
        this.#dropHandler(handler, error);
      }
    }
    return data;
  }

  #tagBaggage(data: SpanData, baggage: Baggage | undefined): void {
    if (baggage === undefined) return;
    for (const name of this.#baggageTags) {
      if (Object.hasOwn(baggage, name)) setTag(data, name, baggage[name]!);
    }
  }

  #copy(context: TraceContext): TraceContext {
    const copy = new TraceContext(context);
    copy.clockOffset = context.clockOffset;
    return copy;
  }

  #dropHandler(handler: SpanHandler, error: unknown): void {
    this.#handlers = this.#handlers.filter(other => other !== handler);
    this.warn('a span handler threw and is no longer called', error);
  }
}
