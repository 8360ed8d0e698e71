import {
  type Context,
  type SpanContext,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from '@opentelemetry/api';
import { getTracer } from '../default-tracer.ts';
import type { Extracted } from '../propagation/format.ts';
import { SUPPRESSED } from '../trace-context.ts';
import type { Tracer } from '../tracer.ts';
import { markReceived, traceContextOf } from './trace-context-of.ts';

/** Reads and writes the formats of a Tracekin tracer for OpenTelemetry's instrumentation. */
export class TracekinPropagator implements TextMapPropagator {
  readonly #tracer: () => Tracer;

  constructor(tracer?: Tracer) {
    this.#tracer = tracer === undefined ? getTracer : () => tracer;
  }

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const traceContext = traceContextOf(context);
    if (traceContext === undefined || traceContext === SUPPRESSED) return;
    this.#tracer().inject(carrier, (target, name, value) => setter.set(target, name, value), traceContext);
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const extracted = this.#tracer().extract(carrier, (source, name) => getter.get(source, name));
    if (extracted?.traceId === undefined || extracted.spanId === undefined) return context;
    const spanContext = toSpanContext(extracted);
    markReceived(spanContext, extracted);
    return trace.setSpanContext(context, spanContext);
  }

  fields(): string[] {
    return [...this.#tracer().propagation.fields];
  }
}

function toSpanContext({ traceId, spanId, sampled }: Extracted): SpanContext {
  return {
    traceId: traceId!.padStart(32, '0'),
    spanId: spanId!,
    traceFlags: sampled === false ? 0 : 1,
    isRemote: true,
  };
}
