import type { Collector, CollectorMetrics } from '@tracekin/collector';
import type { Storage } from '@tracekin/storage';
import Fastify from 'fastify';
import { Registry } from 'prom-client';
import { exposeBacklog, exposeCollector } from '../metrics/collector-metrics.ts';
import { measureProcess } from '../metrics/process-metrics.ts';
import { measureRequests } from '../metrics/request-metrics.ts';
import { exposeStorage } from '../metrics/storage-metrics.ts';

const INTRODUCTION = `<!-- Made by packages/server/bin/generate-docs.ts from packages/server/src/metrics; edit that. -->

# Metrics

\`/prometheus\` (also \`/actuator/prometheus\`) has everything below in Prometheus text format 0.0.4. \`/metrics\` (also
\`/actuator/metrics\`) has the series whose names begin with \`zipkin_collector\` as one flat JSON object, as Zipkin has it:
\`counter.zipkin_collector.spans.http\` and so on. A transport appears when it is switched on. \`uri\` is a template such as
\`/api/v2/trace/{traceId}\`, \`NOT_FOUND\` or \`REDIRECTION\`; only paths below \`/api\` and \`/zipkin/api\` are measured.

| name | type | labels | meaning |
|---|---|---|---|
`;

/** The text of docs/metrics.md. */
export async function documentMetrics(metrics: CollectorMetrics): Promise<string> {
  const registry = new Registry();
  exposeCollector(metrics, registry);
  exposeBacklog({} as Collector, registry);
  exposeStorage({} as Storage, registry);
  const app = Fastify();
  measureRequests(app, registry);
  measureProcess(registry);
  await app.close();
  const rows = registry.getMetricsAsArray().map(metric => {
    const {
      name,
      help,
      type,
      labelNames = [],
    } = metric as typeof metric & { type: string; labelNames?: readonly string[] };
    return `| \`${name}\` | ${type} | ${labelNames.map(label => `\`${label}\``).join(', ')} | ${help} |`;
  });
  return `${INTRODUCTION}${rows.join('\n')}\n`;
}
