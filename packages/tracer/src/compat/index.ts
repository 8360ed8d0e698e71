/** py_zipkin's names, for ports from Python; docs/tracer/from-py_zipkin.md goes through them one by one. */

export { getTracer as getDefaultTracer, setTracer as setDefaultTracer } from '../default-tracer.ts';
export { InMemoryReporter as MockTransportHandler } from '../reporter/in-memory-reporter.ts';
export * from './zipkin-attrs.ts';
export * from './zipkin-span.ts';
