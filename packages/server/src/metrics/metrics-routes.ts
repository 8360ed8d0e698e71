import type { CollectorMetrics } from '@tracekin/collector';
import type { FastifyPluginCallback } from 'fastify';
import type { Registry } from 'prom-client';
import { flatMetrics } from './collector-metrics.ts';

/** `/metrics` as Zipkin's flat JSON, `/prometheus` as text format 0.0.4; both also under `/actuator`. */
export function metricsRoutes(metrics: CollectorMetrics, registry: Registry): FastifyPluginCallback {
  return (app, _options, done) => {
    for (const prefix of ['', '/actuator']) {
      app.get(`${prefix}/metrics`, (_request, reply) => {
        reply.header('content-type', 'application/json').send(Buffer.from(flatMetrics(metrics.snapshot())));
      });
      app.get(`${prefix}/prometheus`, async (_request, reply) =>
        reply.header('content-type', registry.contentType).send(Buffer.from(await registry.metrics())),
      );
    }
    done();
  };
}
