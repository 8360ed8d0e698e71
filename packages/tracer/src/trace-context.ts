import type { Span } from './span.ts';

/** Values of the declared baggage fields. Copied on write, so contexts may share one object. */
export type Baggage = Readonly<Record<string, string>>;

/** What makes up a {@link TraceContext}; see the fields there. */
export interface TraceContextFields {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId?: string | undefined;
  readonly sampled: boolean;
  readonly debug?: boolean;
  readonly shared?: boolean;
  readonly localRootId?: string | undefined;
  readonly baggage?: Baggage | undefined;
  readonly traceState?: string | undefined;
}

/**
 * The identity of one span as it travels: within the process on AsyncLocalStorage and between processes in headers.
 *
 * This, and not the span, is what asynchronous resources capture. It is small, and it lets go of its span when that
 * finishes, so a timer or a pooled connection which outlives a request holds no span data (instrumentation.md 5).
 */
export class TraceContext {
  /** 16 or 32 lower-hex characters. */
  readonly traceId: string;
  /** 16 lower-hex characters. */
  readonly spanId: string;
  /** 16 lower-hex characters; absent on the root of a trace. */
  readonly parentId: string | undefined;
  /** Whether spans of this trace are reported. Decided once, where the trace starts. */
  readonly sampled: boolean;
  /** Keep this trace whatever any sampler says. Implies `sampled`; propagated as B3's debug flag. */
  readonly debug: boolean;
  /** The span id was started by the caller (B3 join), so both sides report the same id. */
  readonly shared: boolean;
  /** `spanId` of the first span of this trace in this process. */
  readonly localRootId: string;
  /** The caller's W3C `tracestate`, passed on untouched. */
  readonly traceState: string | undefined;
  /** Declared baggage fields with a value; see `Tracer.setBaggage`. */
  baggage: Baggage | undefined;

  /** @internal The unfinished span of this context. */
  span: Span | undefined = undefined;
  /** @internal Microseconds to add to the monotonic clock: one wall-clock reading for all spans of a local root. */
  clockOffset = 0;
  /** @internal Set by a `using` scope that has ended; see `currentContext`. */
  exited = false;
  /** @internal The context to return to once `exited`. */
  outer: TraceContext | undefined = undefined;

  constructor(fields: TraceContextFields) {
    this.traceId = fields.traceId;
    this.spanId = fields.spanId;
    this.parentId = fields.parentId;
    this.sampled = fields.sampled;
    this.debug = fields.debug === true;
    this.shared = fields.shared === true;
    this.localRootId = fields.localRootId ?? fields.spanId;
    this.traceState = fields.traceState;
    this.baggage = fields.baggage;
  }

  /** Whether the span is the first of its trace in this process. */
  get isLocalRoot(): boolean {
    return this.localRootId === this.spanId;
  }
}

/**
 * Entered while the library does work of its own (the reporter's requests): nothing is traced and no header is written.
 */
export const SUPPRESSED: TraceContext = new TraceContext({
  traceId: '0000000000000000',
  spanId: '0000000000000000',
  sampled: false,
});
