import { type Collector, type CollectorMetrics, httpTransport, type TransportCounters } from '@tracekin/collector';
import { type CollectorStats, extendedApi, type LiveHub, openApiDocument, queryApi } from '@tracekin/query';
import type { Storage } from '@tracekin/storage';
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { ServerOverrides } from './create-server.ts';
import { compressAnswers } from './http/compression.ts';
import { messageLimits } from './message-limits.ts';
import { exposeBacklog, exposeCollector } from './metrics/collector-metrics.ts';
import { metricsRoutes } from './metrics/metrics-routes.ts';
import { measureProcess } from './metrics/process-metrics.ts';
import { measureRequests } from './metrics/request-metrics.ts';
import { exposeStorage } from './metrics/storage-metrics.ts';
import { health } from './operation/health.ts';
import { info } from './operation/info.ts';
import { SERVER_PATHS } from './operation/openapi-paths.ts';
import { spoolHealth } from './operation/spool-health.ts';
import type { Settings } from './settings/settings.ts';
import { uiConfigRoute } from './ui/ui-config.ts';
import { BUILD_INFO } from './version.ts';

export interface RouteParts {
  readonly settings: Settings;
  readonly storage: Storage;
  readonly collector: Collector;
  readonly metrics: CollectorMetrics;
  readonly registry: Registry;
  readonly hub: LiveHub;
  readonly overrides: ServerOverrides;
}

/** Every route of the server, by the settings that switch them on. */
export async function registerRoutes(app: FastifyInstance, parts: RouteParts): Promise<void> {
  const { settings, storage, collector, metrics, registry, overrides } = parts;
  measureRequests(app, registry);
  measureProcess(registry);
  exposeCollector(metrics, registry);
  exposeBacklog(collector, registry);
  exposeStorage(storage, registry);

  if (settings.collectorHttpEnabled) {
    app.register(httpTransport({ collector, metrics, ...messageLimits(settings) }));
  }

  // Only what answers with documents: the collector's 202 has no body and must cost nothing more.
  await app.register(async documents => {
    await compressAnswers(documents);
    const spool = spoolHealth(collector, settings.spoolDir);
    documents.register(health(spool === undefined ? [storage] : [storage, spool]));
    documents.register(info);
    documents.register(metricsRoutes(metrics, registry));
    const openApi = Buffer.from(JSON.stringify(openApiDocument({ version: BUILD_INFO.version, paths: SERVER_PATHS })));
    for (const path of ['/openapi.json', '/zipkin/openapi.json']) {
      documents.get(path, (_request, reply) => void reply.header('content-type', 'application/json').send(openApi));
    }
    if (settings.queryEnabled) registerQuery(documents, parts);
    if (settings.uiEnabled) {
      documents.register(uiConfigRoute(settings, storage));
      const { uiRoutes } = await import('./ui/ui-routes.ts');
      documents.register(uiRoutes(settings, overrides.uiDirectory));
    }
  });
}

function registerQuery(
  app: FastifyInstance,
  { settings, storage, collector, metrics, hub, overrides }: RouteParts,
): void {
  const now = overrides.now === undefined ? {} : { now: overrides.now };
  const zipkin = queryApi({ storage, settings, ...now });
  const collectorStats = (): CollectorStats => ({
    spansReceived: sum(metrics, counters => counters.spans),
    spansDropped: sum(metrics, counters => counters.spansDropped),
    backlogSpans: collector.backlog.spans,
    backlogBytes: collector.backlog.bytes,
    backlogAgeMs: collector.backlog.ageMs,
    spool: collector.spoolUsage && { bytes: collector.spoolUsage.bytes, limitBytes: collector.spoolUsage.maxBytes },
    writeFailure: collector.backlog.failure,
  });
  const extended = extendedApi({ storage, settings, version: BUILD_INFO.version, collectorStats, hub, ...now });
  for (const prefix of ['', '/zipkin']) {
    app.register(zipkin, { prefix: `${prefix}/api/v2` });
    app.register(extended, { prefix: `${prefix}/api/tracekin/v1` });
  }
}

function sum(metrics: CollectorMetrics, pick: (counters: TransportCounters) => number): number {
  return [...metrics.snapshot().values()].reduce((total, counters) => total + pick(counters), 0);
}
