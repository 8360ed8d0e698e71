import type { ServerResponse } from 'node:http';
import type { Instrumentation } from './instrumentation.ts';
import { expectRoutes, setRequestError, setRoute } from './node-http-server.ts';
import { Subscriptions } from './subscriptions.ts';

interface HandlerMessage {
  readonly reply: { readonly raw: ServerResponse };
  readonly route?: { readonly url?: string };
  readonly error?: unknown;
}

/** Names SERVER spans after fastify 5 routes. No spans of its own. */
export const fastify: Instrumentation = {
  name: 'fastify',
  install(tracer) {
    return new Subscriptions(this.name, tracer)
      .on<{ fastify: { readonly server: object } }>('fastify.initialization', message =>
        expectRoutes(message.fastify.server),
      )
      .on<HandlerMessage>('tracing:fastify.request.handler:start', ({ reply, route }) => {
        if (typeof route?.url === 'string') setRoute(reply.raw, route.url);
      })
      .on<HandlerMessage>('tracing:fastify.request.handler:error', ({ reply, error }) =>
        setRequestError(reply.raw, error),
      ).off;
  },
};
