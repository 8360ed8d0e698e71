/** For programs that speak OpenTelemetry; needs `@opentelemetry/api`, never its SDK. */
export { TracekinTracerProvider } from './bridge-tracer.ts';
export { TracekinContextManager } from './context-manager.ts';
export { TracekinPropagator } from './propagator.ts';
export { registerOtel } from './register-otel.ts';
export { type ExportResultLike, type ReadableSpanLike, TracekinSpanExporter, toSpanData } from './span-exporter.ts';
