import type { SpanAnalysis, Storage } from '@tracekin/storage';
import type { Tracer } from '@tracekin/tracer';

/**
 * A storage whose reads are spans of the request that asks, with the names that Zipkin gives them (zipkin.md 6.2). Outside of
 * a request nothing is recorded. Writes are not traced: the collector's writer mixes the spans of many requests, these ones
 * included.
 */
export function traceStorage(storage: Storage, tracer: Tracer): Storage {
  const child = <T>(name: string, call: () => Promise<T>): Promise<T> =>
    tracer.currentContext === undefined ? call() : tracer.trace(name, call);
  return {
    get name() {
      return storage.name;
    },
    get capabilities() {
      return storage.capabilities;
    },
    ...(storage.analysis !== undefined && { analysis: traceAnalysis(storage.analysis, child) }),
    write: batch => storage.write(batch),
    ...(storage.openBatch !== undefined && { openBatch: () => storage.openBatch!() }),
    getTrace: (traceId, options) => child('get-trace', () => storage.getTrace(traceId, options)),
    getTraces: (traceIds, options) => child('get-traces', () => storage.getTraces(traceIds, options)),
    findTraces: (query, options) => child('get-traces', () => storage.findTraces(query, options)),
    getServiceNames: options => child('get-service-names', () => storage.getServiceNames(options)),
    getSpanNames: (service, options) => child('get-span-names', () => storage.getSpanNames(service, options)),
    getRemoteServiceNames: (service, options) =>
      child('get-remote-service-names', () => storage.getRemoteServiceNames(service, options)),
    getAutocompleteValues: (key, options) => child('get-values', () => storage.getAutocompleteValues(key, options)),
    getDependencies: (query, options) => child('get-dependencies', () => storage.getDependencies(query, options)),
    deleteTrace: (traceId, options) => child('delete-trace', () => storage.deleteTrace(traceId, options)),
    check: options => storage.check(options),
    stats: () => storage.stats?.() ?? {},
    [Symbol.asyncDispose]: () => storage[Symbol.asyncDispose](),
  };
}

function traceAnalysis(
  analysis: SpanAnalysis,
  child: <T>(name: string, call: () => Promise<T>) => Promise<T>,
): SpanAnalysis {
  return {
    countSpans: (query, options) => child('count-spans', () => analysis.countSpans(query, options)),
    countGroups: (query, options) => child('count-groups', () => analysis.countGroups(query, options)),
    sampleSpans: (query, options) => child('sample-spans', () => analysis.sampleSpans(query, options)),
  };
}
