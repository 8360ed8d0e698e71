import type { FastifyInstance } from 'fastify';
import { Histogram, type Registry } from 'prom-client';

/** Seconds. Fewer buckets than Zipkin's 69, with the same ends. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * `http_server_requests_seconds` for the API paths: a template instead of ids, without the `/zipkin` prefix, and one value
 * each for whatever was not found or redirected, so that a scanner cannot make new series (zipkin.md 1.6).
 */
export function measureRequests(app: FastifyInstance, registry: Registry): void {
  const histogram = new Histogram({
    name: 'http_server_requests_seconds',
    help: 'Response time histogram',
    labelNames: ['method', 'status', 'uri'] as const,
    buckets: BUCKETS,
    registers: [registry],
  });
  const children = new Map<string, { observe(seconds: number): void }>();
  app.addHook('onResponse', (request, reply, done) => {
    const path = request.url.startsWith('/zipkin/api') ? request.url.slice('/zipkin'.length) : request.url;
    if (!path.startsWith('/api')) return done();
    const { statusCode } = reply;
    const uri = statusCode >= 300 && statusCode < 400 ? 'REDIRECTION' : template(request.routeOptions.url);
    const key = `${request.method} ${statusCode} ${uri}`;
    let child = children.get(key);
    if (child === undefined) {
      child = histogram.labels(request.method, String(statusCode), uri);
      children.set(key, child);
    }
    child.observe(reply.elapsedTime / 1000);
    done();
  });
}

function template(route: string | undefined): string {
  if (route === undefined || route.includes('*')) return 'NOT_FOUND';
  return (route.startsWith('/zipkin/api') ? route.slice('/zipkin'.length) : route).replace(/:(\w+)/g, '{$1}');
}
