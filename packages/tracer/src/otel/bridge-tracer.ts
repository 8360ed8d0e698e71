import {
  type Context,
  context as contexts,
  type Tracer as OtelTracer,
  type Span,
  type SpanOptions,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { getTracer } from '../default-tracer.ts';
import type { Tracer } from '../tracer.ts';
import { kindOf } from './attributes.ts';
import { BridgeSpan } from './bridge-span.ts';
import { toMicros } from './time.ts';
import { extractedOf, traceContextOf } from './trace-context-of.ts';

class BridgeTracer implements OtelTracer {
  readonly #tracer: () => Tracer;

  constructor(tracer: () => Tracer) {
    this.#tracer = tracer;
  }

  startSpan(name: string, options: SpanOptions = {}, context: Context = contexts.active()): Span {
    const kind = kindOf(options.kind);
    const timestamp = toMicros(options.startTime);
    const extracted = options.root || (kind !== 'SERVER' && kind !== 'CONSUMER') ? undefined : extractedOf(context);
    const tracer = this.#tracer();
    const span =
      extracted === undefined
        ? tracer.startSpan(name, { kind, timestamp, parent: options.root ? null : (traceContextOf(context) ?? null) })
        : tracer.startReceived(name, kind as 'SERVER' | 'CONSUMER', extracted);
    const bridge = new BridgeSpan(span, kind);
    if (options.attributes !== undefined) bridge.setAttributes(options.attributes);
    if (options.links !== undefined) bridge.addLinks(options.links);
    return bridge;
  }

  startActiveSpan<F extends (span: Span) => unknown>(name: string, ...rest: unknown[]): ReturnType<F> {
    const fn = rest.at(-1) as F;
    const options = rest.length > 1 ? (rest[0] as SpanOptions) : {};
    const parent = rest.length > 2 ? (rest[1] as Context) : contexts.active();
    const span = this.startSpan(name, options, parent);
    return contexts.with(trace.setSpan(parent, span), fn as (span: Span) => ReturnType<F>, undefined, span);
  }
}

/** Tracers of `@opentelemetry/api` whose spans are Tracekin's, by default those of the process's own tracer. */
export class TracekinTracerProvider implements TracerProvider {
  readonly #bridge: BridgeTracer;

  constructor(tracer?: Tracer) {
    this.#bridge = new BridgeTracer(tracer === undefined ? getTracer : () => tracer);
  }

  /** Name and version of the instrumented library are not recorded: Zipkin's model has no place for them. */
  getTracer(): OtelTracer {
    return this.#bridge;
  }
}
