import type { GrpcHandler } from '@tracekin/collector';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Settings } from '../settings/settings.ts';
import { allowOrigins } from './cors.ts';
import { createDualProtocolServer, type DualProtocolOptions } from './dual-protocol.ts';
import { answerError, answerStatus } from './error-handler.ts';

/** TLS for every port when it is configured. */
export function protocolsOf({ tlsCert, tlsKey }: Settings): DualProtocolOptions {
  return tlsCert !== undefined && tlsKey !== undefined ? { tls: { cert: tlsCert, key: tlsKey } } : {};
}

/** Characters of path and query. Enough for 1,000 trace ids. */
const MAX_URL = 40_000;

/** The web server without routes: protocols, limits, errors, cross-origin rules. gRPC calls go to `grpc`, past all of it. */
export function createApp(settings: Settings, log: FastifyBaseLogger, grpc: GrpcHandler | undefined): FastifyInstance {
  const app = Fastify({
    serverFactory: handler =>
      createDualProtocolServer(
        grpc === undefined ? handler : (request, response) => grpc(request, response) || handler(request, response),
        protocolsOf(settings),
      ),
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    requestIdHeader: false,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    bodyLimit: settings.maxMessageBytes,
    routerOptions: { maxParamLength: 1024 },
    frameworkErrors: (error, request, reply) => answerError(error, request, reply as never),
    clientErrorHandler(error, socket) {
      const reason = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
      if (socket.writable) {
        socket.write(
          `HTTP/1.1 ${reason}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${reason.length}\r\nConnection: close\r\n\r\n${reason}`,
        );
      }
      socket.destroySoon();
    },
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (request.method === 'TRACE') answerStatus(reply, 405, 'Method Not Allowed');
    else if (request.url.length > MAX_URL) answerStatus(reply, 414, 'Request-URI Too Long');
    else done();
  });
  allowOrigins(app, settings.allowedOrigins);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((_request, reply) => answerStatus(reply, 404, 'Not Found'));
  return app;
}
