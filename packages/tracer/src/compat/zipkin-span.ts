import { type Kind as SpanKind, TracekinError } from '@tracekin/model';
import { getTracer } from '../default-tracer.ts';
import { type EndpointInput, endpoint } from '../endpoint.ts';
import { boundarySampler } from '../sampler/boundary.ts';
import { currentContext, enterContext, withContext } from '../scope.ts';
import { RecordingSpan, type Span, type TagValue } from '../span.ts';
import type { TraceContext } from '../trace-context.ts';
import type { Tracer } from '../tracer.ts';
import { toExtracted, type ZipkinAttrs } from './zipkin-attrs.ts';

/** py_zipkin's `Kind`. */
export const Kind: {
  readonly CLIENT: 'CLIENT';
  readonly SERVER: 'SERVER';
  readonly PRODUCER: 'PRODUCER';
  readonly CONSUMER: 'CONSUMER';
  readonly LOCAL: undefined;
} = { CLIENT: 'CLIENT', SERVER: 'SERVER', PRODUCER: 'PRODUCER', CONSUMER: 'CONSUMER', LOCAL: undefined };

/** The key of the tag that marks a failed span. */
export const ERROR_KEY: 'error' = 'error';

/** Parameters of `zipkin_span`, in camel case. */
export interface ZipkinSpanOptions {
  readonly serviceName: string;
  /** Default `span`. */
  readonly spanName?: string | undefined;
  /** Continues this trace: the span is a root in this process. */
  readonly zipkinAttrs?: ZipkinAttrs | undefined;
  /** Percent, 0 to 100: the span starts a trace, unless it continues one that is sampled. */
  readonly sampleRate?: number | undefined;
  readonly kind?: SpanKind | undefined;
  /** Tags. */
  readonly binaryAnnotations?: Readonly<Record<string, TagValue>> | undefined;
  /** Events: epoch seconds, as in py_zipkin, by value. */
  readonly annotations?: Readonly<Record<string, number>> | undefined;
  /** Of this service. */
  readonly port?: number | undefined;
  /** Address of this service. */
  readonly host?: string | undefined;
  /** Default: the default tracer, which also knows the transport and the encoding. */
  readonly tracer?: Tracer | undefined;
}

const MICROS_PER_SECOND = 1_000_000;

/**
 * py_zipkin's `zipkin_span` object. A span with `zipkinAttrs` or `sampleRate` is a root in this process; any other is a child of
 * the current one, and does nothing outside of a trace. Reporting is the tracer's: nothing is sent when a root stops.
 */
export class ZipkinSpan implements Disposable {
  readonly #options: ZipkinSpanOptions;
  #span: Span | undefined;
  #outer: TraceContext | undefined;
  #hasPeer = false;

  constructor(options: ZipkinSpanOptions) {
    if (!options.serviceName) throw new TracekinError('invalid-argument', 'serviceName is empty');
    const rate = options.sampleRate;
    if (rate !== undefined && !(rate >= 0 && rate <= 100)) {
      throw new TracekinError('invalid-argument', `sampleRate is a percentage from 0 to 100, was ${rate}`);
    }
    this.#options = options;
  }

  /** Identity of the running span. */
  get zipkinAttrs(): ZipkinAttrs | undefined {
    const context = this.#span?.context;
    if (context === undefined) return undefined;
    const { traceId, spanId, parentId: parentSpanId, debug, sampled: isSampled } = context;
    return { traceId, spanId, parentSpanId, flags: debug ? '1' : '0', isSampled };
  }

  /** Starts the span and makes it current, until `stop`. Prefer `zipkinSpan(options, fn)` in async code. */
  start(): this {
    this.#outer = currentContext();
    this.#span = this.#begin();
    if (this.#span !== undefined) enterContext(this.#span.context);
    return this;
  }

  /** Ends the span, with the error if it failed. */
  stop(error?: unknown): void {
    const span = this.#span;
    if (span === undefined) return;
    this.#span = undefined;
    if (error !== undefined) span.error(error);
    span.finish();
    enterContext(this.#outer);
  }

  /** Calls `fn` as this span, awaits included: `with zipkin_span(…)`. */
  run<T>(fn: (span: ZipkinSpan) => T): T {
    this.#span = this.#begin();
    const span = this.#span;
    if (span === undefined) return fn(this);
    const end = (error?: unknown): void => {
      this.#span = undefined;
      if (error !== undefined) span.error(error);
      span.finish();
    };
    let result: T;
    try {
      result = withContext(span.context, fn, this);
    } catch (error) {
      end(error);
      throw error;
    }
    if (!(result instanceof Promise)) {
      end();
      return result;
    }
    const ended = result.then(
      value => {
        end();
        return value;
      },
      error => {
        end(error);
        throw error;
      },
    );
    return ended as T;
  }

  /** `update_binary_annotations`: adds tags. */
  updateBinaryAnnotations(tags: Readonly<Record<string, TagValue>>): void {
    for (const key of Object.keys(tags)) this.#span?.tag(key, tags[key]);
  }

  /** `add_annotation`: adds an event; `timestamp` in epoch seconds, by default now. */
  addAnnotation(value: string, timestamp?: number): void {
    this.#span?.annotate(value, timestamp === undefined ? undefined : Math.floor(timestamp * MICROS_PER_SECOND));
  }

  /** `add_sa_binary_annotation`: names the server of a CLIENT span; ignored on others, refused a second time. */
  addSaBinaryAnnotation(peer: EndpointInput): void {
    if (this.#options.kind !== 'CLIENT') return;
    if (this.#hasPeer) throw new TracekinError('invalid-argument', 'the server of this span was already given');
    this.#hasPeer = true;
    this.#span?.remote(peer);
  }

  /** `override_span_name`. */
  overrideSpanName(name: string): void {
    this.#span?.name(name);
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  #begin(): Span | undefined {
    const { serviceName, spanName = 'span', zipkinAttrs, sampleRate, kind, port, host } = this.#options;
    const tracer = this.#options.tracer ?? getTracer();
    const span = this.#startSpan(tracer, spanName, zipkinAttrs, sampleRate);
    if (span === undefined) return undefined;
    const data = span instanceof RecordingSpan ? span.data : undefined;
    if (data !== undefined) {
      data.localEndpoint = endpoint({
        serviceName,
        ip: host ?? tracer.localEndpoint.ipv4,
        port: port ?? tracer.localEndpoint.port,
      });
      const isRoot = zipkinAttrs !== undefined || sampleRate !== undefined;
      // As in py_zipkin, a root is a SERVER unless it is said to be a CLIENT.
      data.kind = isRoot && kind !== 'CLIENT' ? 'SERVER' : kind;
    }
    const { binaryAnnotations = {}, annotations = {} } = this.#options;
    for (const key of Object.keys(binaryAnnotations)) span.tag(key, binaryAnnotations[key]);
    for (const value of Object.keys(annotations))
      span.annotate(value, Math.floor(annotations[value]! * MICROS_PER_SECOND));
    return span;
  }

  #startSpan(
    tracer: Tracer,
    name: string,
    attrs: ZipkinAttrs | undefined,
    sampleRate: number | undefined,
  ): Span | undefined {
    const sampler = sampleRate === undefined ? undefined : boundarySampler(sampleRate / 100);
    if (attrs !== undefined) {
      const extracted = toExtracted(attrs);
      // An unsampled trace may be sampled here all the same, if a rate is given.
      const redecided =
        !attrs.isSampled && sampler !== undefined
          ? { ...extracted, sampled: sampler.isSampled(attrs.traceId) }
          : extracted;
      return tracer.startReceived(name, 'SERVER', redecided);
    }
    if (sampler !== undefined) return tracer.startSpan(name, { parent: null, sampler });
    return currentContext() === undefined ? undefined : tracer.startSpan(name);
  }
}

/** `with zipkin_span(service_name=…) as span:` or the decorator: runs `fn` as a span, awaits included. */
export function zipkinSpan<T>(options: ZipkinSpanOptions, fn: (span: ZipkinSpan) => T): T {
  return new ZipkinSpan(options).run(fn);
}

/** `zipkin_client_span`: the same with kind CLIENT. */
export function zipkinClientSpan<T>(options: Omit<ZipkinSpanOptions, 'kind'>, fn: (span: ZipkinSpan) => T): T {
  return new ZipkinSpan({ ...options, kind: 'CLIENT' }).run(fn);
}

/** `zipkin_server_span`: the same with kind SERVER. */
export function zipkinServerSpan<T>(options: Omit<ZipkinSpanOptions, 'kind'>, fn: (span: ZipkinSpan) => T): T {
  return new ZipkinSpan({ ...options, kind: 'SERVER' }).run(fn);
}
