import type { FastifyInstance } from 'fastify';

/** Names a browser may send and read across origins (zipkin.md 1.0). */
const ALLOW_HEADERS = 'content-type,x-grpc-web';
const EXPOSE_HEADERS = 'grpc-status,grpc-message,armeria.grpc.throwableproto-bin';

/**
 * Cross-origin headers on every route, 404s included, exactly as Zipkin answers: no credentials, `vary: origin` only for
 * configured origins, 403 for a preflight from another one. Written here because @fastify/cors cannot be made to answer so.
 */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  const any = origins.includes('*');
  const allowed = new Set(origins);
  app.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    if (origin === undefined) return done();
    const permitted = any || allowed.has(origin);
    const preflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
    if (permitted) {
      reply.header('access-control-allow-origin', any ? '*' : origin);
      if (!any) reply.header('vary', 'origin');
      reply.header('access-control-allow-headers', ALLOW_HEADERS);
      if (!preflight) reply.header('access-control-expose-headers', EXPOSE_HEADERS);
    }
    if (!preflight) return done();
    if (permitted) reply.headers({ 'access-control-allow-methods': 'GET,POST', 'access-control-max-age': '0' });
    reply
      .code(permitted ? 200 : 403)
      .header('content-length', 0)
      .send();
  });
}
