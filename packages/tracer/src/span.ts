import type { EpochMicros, Kind } from '@tracekin/model';
import { nowMicros } from './clock.ts';
import { type EndpointInput, endpoint } from './endpoint.ts';
import { errorText } from './error-text.ts';
import { type SpanData, setTag } from './span-data.ts';
import type { TraceContext } from './trace-context.ts';

/** What a tag may be set to; numbers and booleans are written as text, undefined is ignored. */
export type TagValue = string | number | boolean | undefined;

/**
 * The part of a span that code which did not start it may use: it can describe the work, not end it.
 * No method throws, also after the span has finished.
 */
export interface SpanCustomizer {
  /** Renames the span. Zipkin keeps names in lower case. */
  name(name: string): this;
  /** Adds or replaces a tag. */
  tag(key: string, value: TagValue): this;
  /** Adds an event, by default now. */
  annotate(value: string, timestamp?: EpochMicros): this;
}

/** One operation being recorded. Finish it exactly once, or use `Tracer.trace`, which does. */
export interface Span extends SpanCustomizer, Disposable {
  /** The identity to propagate. */
  readonly context: TraceContext;
  /** False where nothing is kept; costly tags can be skipped then. */
  readonly isRecording: boolean;
  /** Which side of a remote call this is. */
  kind(kind: Kind): this;
  /** The other side of a remote call. Give databases and uninstrumented peers a `serviceName`: the service graph needs it. */
  remote(peer: EndpointInput): this;
  /** Marks the span as failed: tag `error` with the message or, without one, the error's class. */
  error(error: unknown): this;
  /** Ends the span, by default now, and hands it to the reporter. Later calls do nothing. */
  finish(timestamp?: EpochMicros): void;
  /** Ends the span without reporting it. */
  abandon(): void;
}

/** @internal What a finished span is handed to. */
export interface SpanSink {
  spanFinished(context: TraceContext, data: SpanData): void;
}

/** @internal A span whose data is kept. */
export class RecordingSpan implements Span {
  readonly context: TraceContext;
  readonly #sink: SpanSink;
  /** Undefined once finished, so that a kept span object holds no data. */
  #data: SpanData | undefined;

  constructor(context: TraceContext, data: SpanData, sink: SpanSink) {
    this.context = context;
    this.#data = data;
    this.#sink = sink;
  }

  get isRecording(): boolean {
    return this.#data !== undefined;
  }

  /** For instrumentation: the record itself, or undefined once finished. */
  get data(): SpanData | undefined {
    return this.#data;
  }

  name(name: string): this {
    if (this.#data !== undefined) this.#data.name = name.toLowerCase();
    return this;
  }

  tag(key: string, value: TagValue): this {
    if (this.#data !== undefined && value !== undefined && value !== null) {
      setTag(this.#data, key, typeof value === 'string' ? value : String(value));
    }
    return this;
  }

  annotate(value: string, timestamp?: EpochMicros): this {
    const data = this.#data;
    if (data === undefined) return this;
    const annotation = { timestamp: timestamp ?? nowMicros(this.context.clockOffset), value: String(value) };
    if (data.annotations === undefined) data.annotations = [annotation];
    else data.annotations.push(annotation);
    return this;
  }

  kind(kind: Kind): this {
    if (this.#data !== undefined) this.#data.kind = kind;
    return this;
  }

  remote(peer: EndpointInput): this {
    if (this.#data !== undefined) this.#data.remoteEndpoint = endpoint(peer);
    return this;
  }

  error(error: unknown): this {
    return this.tag('error', errorText(error));
  }

  finish(timestamp?: EpochMicros): void {
    const data = this.#data;
    if (data === undefined) return;
    this.#data = undefined;
    this.context.span = undefined;
    const start = data.timestamp;
    if (start !== undefined) {
      // Zipkin drops a duration of 0, so a span that took less than a microsecond is said to have taken one.
      data.duration = Math.max(1, Math.floor((timestamp ?? nowMicros(this.context.clockOffset)) - start));
    }
    this.#sink.spanFinished(this.context, data);
  }

  abandon(): void {
    this.#data = undefined;
    this.context.span = undefined;
  }

  [Symbol.dispose](): void {
    this.finish();
  }
}

/** @internal Carries a context for propagation and keeps nothing. */
export class UnsampledSpan implements Span {
  readonly context: TraceContext;

  constructor(context: TraceContext) {
    this.context = context;
  }

  get isRecording(): boolean {
    return false;
  }
  name(): this {
    return this;
  }
  tag(): this {
    return this;
  }
  annotate(): this {
    return this;
  }
  kind(): this {
    return this;
  }
  remote(): this {
    return this;
  }
  error(): this {
    return this;
  }
  finish(): void {}
  abandon(): void {}
  [Symbol.dispose](): void {}
}
