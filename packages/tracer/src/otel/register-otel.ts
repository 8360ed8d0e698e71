import { context, propagation, trace } from '@opentelemetry/api';
import type { Tracer } from '../tracer.ts';
import { TracekinTracerProvider } from './bridge-tracer.ts';
import { TracekinContextManager } from './context-manager.ts';
import { TracekinPropagator } from './propagator.ts';

/**
 * Makes Tracekin what `@opentelemetry/api` uses in this process: spans of libraries and instrumentation written for OpenTelemetry
 * become Tracekin's, in the same traces as its own. Returns how to undo it.
 *
 * Leave out either OpenTelemetry's instrumentation of a library or Tracekin's (TRACEKIN_DISABLE), or there are two spans a call.
 */
export function registerOtel(tracer?: Tracer): () => void {
  context.setGlobalContextManager(new TracekinContextManager());
  propagation.setGlobalPropagator(new TracekinPropagator(tracer));
  trace.setGlobalTracerProvider(new TracekinTracerProvider(tracer));
  return () => {
    trace.disable();
    propagation.disable();
    context.disable();
  };
}
