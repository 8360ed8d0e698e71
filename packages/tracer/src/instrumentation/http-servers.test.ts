import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import expressFramework from 'express';
import fastifyFramework from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { express } from './express.ts';
import { fastify } from './fastify.ts';
import { honoTracing } from './hono.ts';
import { koaTracing } from './koa.ts';
import { nodeHttpServer } from './node-http-server.ts';
import { type ServerAdapter, testHttpServer } from './testing/server-contract.ts';

async function listen(server: Server): Promise<{ port: number; close(): Promise<void> }> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> =>
    new Promise(resolve => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { port: (server.address() as AddressInfo).port, close };
}

const nodeHttp: ServerAdapter = {
  name: 'node:http',
  instrumentations: [nodeHttpServer],
  routes: false,
  errors: false,
  start: handlers =>
    listen(
      createServer(async (request, response) => {
        const path = request.url!.split('?')[0]!;
        if (path.startsWith('/users/')) return response.end(await handlers.traceId());
        if (path === '/echo') {
          request.resume();
          request.on('end', async () => response.end(await handlers.traceId()));
          return;
        }
        if (path === '/stream') return Readable.from(handlers.chunks()).pipe(response);
        if (path === '/slow') return handlers.slow().then(() => response.end());
        try {
          if (path === '/boom') handlers.boom();
          response.statusCode = 404;
        } catch {
          response.statusCode = 500;
        }
        return response.end();
      }),
    ),
};

const onExpress: ServerAdapter = {
  name: 'express 5',
  instrumentations: [nodeHttpServer, express],
  routes: true,
  errors: true,
  start: handlers => {
    const app = expressFramework();
    app.use((_request, _response, next) => next());
    app.get('/users/:id', async (_request, response) => void response.send(await handlers.traceId()));
    app.get('/boom', () => handlers.boom());
    app.get('/slow', async (_request, response) => {
      await handlers.slow();
      response.end();
    });
    app.get('/stream', (_request, response) => void Readable.from(handlers.chunks()).pipe(response));
    app.post(
      '/echo',
      expressFramework.text(),
      async (_request, response) => void response.send(await handlers.traceId()),
    );
    app.use(
      ((_error, _request, response, _next) =>
        void response.status(500).end()) satisfies expressFramework.ErrorRequestHandler,
    );
    return listen(createServer(app));
  },
};

const onFastify: ServerAdapter = {
  name: 'fastify 5',
  instrumentations: [nodeHttpServer, fastify],
  routes: true,
  errors: true,
  async start(handlers) {
    const app = fastifyFramework();
    app.get('/users/:id', () => handlers.traceId());
    app.get('/boom', () => handlers.boom());
    app.get('/slow', async () => {
      await handlers.slow();
      return '';
    });
    app.get('/stream', (_request, reply) => reply.send(Readable.from(handlers.chunks())));
    app.post('/echo', () => handlers.traceId());
    await app.listen({ port: 0, host: '127.0.0.1' });
    const close = async (): Promise<void> => {
      app.server.closeAllConnections();
      await app.close();
    };
    return { port: (app.server.address() as AddressInfo).port, close };
  },
};

const onHono: ServerAdapter = {
  name: 'hono',
  instrumentations: [nodeHttpServer],
  routes: true,
  errors: true,
  start: handlers => {
    const app = new Hono();
    app.use(honoTracing());
    app.get('/users/:id', async context => context.text(await handlers.traceId()));
    app.get('/boom', () => handlers.boom());
    app.get('/slow', async context => {
      await handlers.slow();
      return context.text('');
    });
    app.get(
      '/stream',
      () =>
        new Response(Readable.toWeb(Readable.from(handlers.chunks()).map(text => Buffer.from(text))) as ReadableStream),
    );
    app.post('/echo', async context => {
      await context.req.text();
      return context.text(await handlers.traceId());
    });
    app.onError((_error, context) => context.text('', 500));
    return listen(createServer(getRequestListener(app.fetch)));
  },
};

const onKoa: ServerAdapter = {
  name: 'koa',
  instrumentations: [nodeHttpServer],
  routes: true,
  errors: true,
  start: handlers => {
    const app = new Koa();
    app.silent = true;
    app.use(koaTracing());
    // What @koa/router does, as far as tracing sees it.
    const routes: Record<string, (context: Koa.Context) => Promise<void>> = {
      '/users/:id': async context => {
        context.body = await handlers.traceId();
      },
      '/boom': async () => handlers.boom(),
      '/slow': () => handlers.slow(),
      '/stream': async context => {
        context.body = Readable.from(handlers.chunks());
      },
      '/echo': async context => {
        for await (const _ of context.req);
        context.body = await handlers.traceId();
      },
    };
    app.use(async context => {
      const pattern = context.path.startsWith('/users/') ? '/users/:id' : context.path;
      const handle = routes[pattern];
      if (handle === undefined) return;
      context['_matchedRoute'] = pattern;
      await handle(context);
    });
    return listen(createServer(app.callback()));
  },
};

for (const adapter of [nodeHttp, onExpress, onFastify, onHono, onKoa]) testHttpServer(adapter);
