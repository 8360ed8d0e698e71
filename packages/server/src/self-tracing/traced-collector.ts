import type { Collector } from '@tracekin/collector';
import type { Tracer } from '@tracekin/tracer';

/** A collector whose work for a request is its span `accept-spans`: decode, sample, and keep in the spool or storage. */
export function traceCollector(collector: Collector, tracer: Tracer): Collector {
  const child = <T>(call: () => Promise<T>): Promise<T> =>
    tracer.currentContext === undefined ? call() : tracer.trace('accept-spans', call);
  return {
    accept: (body, format, transport) => child(() => collector.accept(body, format, transport)),
    acceptOtlp: (body, format, transport) => child(() => collector.acceptOtlp(body, format, transport)),
    acceptSpans: (spans, transport, bytes) => child(() => collector.acceptSpans(spans, transport, bytes)),
    get backlog() {
      return collector.backlog;
    },
    get spoolUsage() {
      return collector.spoolUsage;
    },
    drain: timeoutMs => collector.drain(timeoutMs),
    [Symbol.asyncDispose]: () => collector[Symbol.asyncDispose](),
  };
}
