import type { FastifyInstance } from 'fastify';

/** Names a browser may send and read across origins (zipkin.md 1.0). */
const ALLOW_HEADERS = 'content-type,x-grpc-web';
const EXPOSE_HEADERS = 'grpc-status,grpc-message,armeria.grpc.throwableproto-bin';

/** Cross-origin headers of an answer to `origin`; undefined when that origin is not allowed. */
export function corsHeaders(
  origins: readonly string[],
): (origin: string) => Readonly<Record<string, string>> | undefined {
  const any = origins.includes('*');
  const allowed = new Set(origins);
  return origin => {
    if (!any && !allowed.has(origin)) return undefined;
    return {
      'access-control-allow-origin': any ? '*' : origin,
      ...(!any && { vary: 'origin' }),
      'access-control-allow-headers': ALLOW_HEADERS,
      'access-control-expose-headers': EXPOSE_HEADERS,
    };
  };
}

/**
 * Cross-origin headers on every route, 404s included, exactly as Zipkin answers: no credentials, `vary: origin` only for
 * configured origins, 403 for a preflight from another one. Written here because @fastify/cors cannot be made to answer so.
 */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  const headersFor = corsHeaders(origins);
  app.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    if (origin === undefined) return done();
    const headers = headersFor(origin);
    const preflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
    if (headers !== undefined) reply.headers(headers);
    if (!preflight) return done();
    if (headers !== undefined) {
      reply.removeHeader('access-control-expose-headers');
      reply.headers({ 'access-control-allow-methods': 'GET,POST', 'access-control-max-age': '0' });
    }
    reply
      .code(headers === undefined ? 403 : 200)
      .header('content-length', 0)
      .send();
  });
}
