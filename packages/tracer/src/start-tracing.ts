import { TracekinError } from '@tracekin/model';
import { setTracer } from './default-tracer.ts';
import { flushOnExit } from './exit-flush.ts';
import { installAll } from './instrumentation/all.ts';
import { BatchReporter, type BatchReporterOptions } from './reporter/batch-reporter.ts';
import { httpSender } from './reporter/http-sender.ts';
import type { Reporter } from './reporter/reporter.ts';
import { spanEncoder } from './reporter/span-encoder.ts';
import { Tracer } from './tracer.ts';
import type { TracerOptions } from './tracer-options.ts';

/** How to trace this process. Only the service name is needed. */
export interface StartOptions extends TracerOptions {
  /** Collector: a base URL or the whole one. Default `http://localhost:9411`. Unused with a `reporter`. */
  readonly endpoint?: string | undefined;
  /** Headers for the collector. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Default: unless the collector is on this machine. */
  readonly gzip?: boolean | undefined;
  readonly reporting?: Omit<BatchReporterOptions, 'sender' | 'warn'> | undefined;
  /** Names of instrumentations to leave out. */
  readonly disable?: readonly string[] | undefined;
  /** Send what is queued when the process ends. Default true. */
  readonly flushOnExit?: boolean | undefined;
}

/** A running tracer and how to end it. */
export interface Tracing extends AsyncDisposable {
  readonly tracer: Tracer;
  /** Takes the instrumentation off, sends what is left (for about a second at most) and frees connections. Never rejects. */
  stop(): Promise<void>;
}

/**
 * Makes the tracer of this process, installs the instrumentation and starts reporting. Call it before, or after, the
 * application loads its libraries: nothing is patched at load time.
 */
export function startTracing(options: StartOptions): Tracing {
  const reporter = options.reporter ?? batchReporter(options);
  const tracer = new Tracer({ ...options, reporter });
  const uninstall = installAll(tracer, options.disable);
  setTracer(tracer);
  const keepReporting =
    reporter instanceof BatchReporter && options.flushOnExit !== false ? flushOnExit(reporter) : undefined;
  const stop = async (): Promise<void> => {
    uninstall();
    setTracer(undefined);
    await tracer.close();
    keepReporting?.();
  };
  return { tracer, stop, [Symbol.asyncDispose]: stop };
}

function batchReporter(options: StartOptions): Reporter {
  const encoding = options.reporting?.encoding ?? 'json-v2';
  const url = collectorUrl(options.endpoint ?? 'http://localhost:9411', spanEncoder(encoding).path);
  const sender = httpSender({ url, headers: options.headers, gzip: options.gzip });
  return new BatchReporter({ ...options.reporting, encoding, sender, warn: options.warn });
}

/** `endpoint` itself if it has a path beyond `/` or `/zipkin`, else with the collector's path added. */
export function collectorUrl(endpoint: string, path: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new TracekinError('invalid-configuration', `endpoint must be an http or https URL, was "${endpoint}"`);
  }
  if (/^\/(?:zipkin\/?)?$/.test(url.pathname)) url.pathname = url.pathname.replace(/\/$/, '') + path;
  return url.href;
}
