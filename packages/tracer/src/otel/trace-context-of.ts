import { type Context, isSpanContextValid, type SpanContext, trace } from '@opentelemetry/api';
import type { Extracted } from '../propagation/format.ts';
import { parseTraceId } from '../propagation/hex-id.ts';
import { SUPPRESSED, TraceContext } from '../trace-context.ts';
import { BridgeSpan } from './bridge-span.ts';

/** What `suppressTracing` of @opentelemetry/core sets; exporters of other signals use it for their own requests. */
const SUPPRESS_TRACING = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');
const SAMPLED = 1;

/** What a propagator found, by the span context that stands for it in OpenTelemetry's context. */
const received = new WeakMap<SpanContext, Extracted>();
const remote = new WeakMap<SpanContext, TraceContext>();

/** Remembers that `spanContext` came from a carrier. */
export function markReceived(spanContext: SpanContext, extracted: Extracted): void {
  received.set(spanContext, extracted);
}

/** What the caller said, if the context's span is one of another process. */
export function extractedOf(context: Context): Extracted | undefined {
  const span = trace.getSpan(context);
  if (span === undefined || span instanceof BridgeSpan) return undefined;
  const spanContext = span.spanContext();
  if (!isSpanContextValid(spanContext)) return undefined;
  return (
    received.get(spanContext) ?? {
      traceId: parseTraceId(spanContext.traceId)!,
      spanId: spanContext.spanId,
      sampled: (spanContext.traceFlags & SAMPLED) === SAMPLED,
      traceState: spanContext.traceState?.serialize(),
    }
  );
}

/** The trace context of an OpenTelemetry context; undefined outside of a trace. */
export function traceContextOf(context: Context): TraceContext | undefined {
  if (context.getValue(SUPPRESS_TRACING) === true) return SUPPRESSED;
  const span = trace.getSpan(context);
  if (span === undefined) return undefined;
  if (span instanceof BridgeSpan) return span.span.context;
  const spanContext = span.spanContext();
  const known = remote.get(spanContext);
  if (known !== undefined) return known;
  const extracted = extractedOf(context);
  if (extracted === undefined) return undefined;
  const { traceId, spanId, parentId, sampled, debug, traceState } = extracted;
  const made = new TraceContext({
    traceId: traceId!,
    spanId: spanId!,
    parentId,
    sampled: sampled ?? true,
    debug: debug === true,
    traceState,
  });
  remote.set(spanContext, made);
  return made;
}
