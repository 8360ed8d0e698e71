import type { Collector, CollectorMetrics } from '@tracekin/collector';
import type { Storage } from '@tracekin/storage';
import { boundarySampler, INSTRUMENTATIONS, rateLimitingSampler, type Sampler, Tracer } from '@tracekin/tracer/node';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Settings } from '../settings/settings.ts';
import { LocalReporter } from './local-reporter.ts';
import { RequestSpans } from './request-spans.ts';
import { traceCollector } from './traced-collector.ts';
import { traceRequests } from './traced-requests.ts';
import { traceStorage } from './traced-storage.ts';

/** Zipkin's name for itself, so that searches and alerts which know it go on working. */
const SERVICE_NAME = 'zipkin-server';

export interface SelfTracingOptions {
  readonly settings: Settings;
  /** Where the spans go; the one that is not traced. */
  readonly collector: Collector;
  readonly metrics: CollectorMetrics;
  readonly log: Logger;
}

/** The server's traces of itself. Loaded only when they are switched on. */
export interface SelfTracing {
  traceRequests(app: FastifyInstance): void;
  traceStorage(storage: Storage): Storage;
  traceCollector(collector: Collector): Collector;
  /** Hands over what is left. Call it after the last request and before the collector is disposed. */
  close(): Promise<void>;
}

export function startSelfTracing({ settings, collector, metrics, log }: SelfTracingOptions): SelfTracing {
  const requests = new RequestSpans(settings.storage);
  const tracer = new Tracer({
    serviceName: SERVICE_NAME,
    ip: /^[0-9.]+$|:/.test(settings.host) && !/^[0.:]+$/.test(settings.host) ? settings.host : undefined,
    port: settings.port,
    sampler: sampler(settings),
    reporter: new LocalReporter({ collector, metrics, log, flushIntervalMs: settings.selfTracingFlushIntervalMs }),
    handlers: [requests],
    // Calls to a storage engine are part of a request's trace; those of the writer and of checks start none.
    http: { clientSampler: () => false },
    warn: (message, cause) => log.warn({ err: cause }, `self-tracing: ${message}`),
  });
  const off =
    settings.storage === 'mem'
      ? undefined
      : INSTRUMENTATIONS.find(({ name }) => name === 'http-client')?.install(tracer);
  return {
    traceRequests: app => traceRequests(app, tracer, requests),
    traceStorage: storage => traceStorage(storage, tracer),
    traceCollector: traced => traceCollector(traced, tracer),
    async close() {
      off?.();
      await tracer.close();
    },
  };
}

/** As in Zipkin, a rate other than 1 replaces the limit per second. */
function sampler({ selfTracingSampleRate, selfTracingTracesPerSecond }: Settings): Sampler {
  return selfTracingSampleRate === 1
    ? rateLimitingSampler(selfTracingTracesPerSecond)
    : boundarySampler(selfTracingSampleRate);
}
