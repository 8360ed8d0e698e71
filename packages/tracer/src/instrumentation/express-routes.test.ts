import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import expressFramework, { Router } from 'express';
import { testTracing } from '../testing.ts';
import { express } from './express.ts';
import { nodeHttpServer } from './node-http-server.ts';

describe('Names of express routes', () => {
  const tracing = testTracing();
  const off = [nodeHttpServer, express].map(instrumentation => instrumentation.install(tracing.tracer));
  const app = expressFramework();
  const users = Router({ mergeParams: true });
  users.get('/', (_request, response) => void response.end());
  users.get('/:id', (_request, response) => void response.end());
  users.all('/:id/any', (_request, response) => void response.end());
  const api = Router();
  api.use('/tenants/:tenant/users', users);
  api.use((_request, _response, next) => next());
  app.use('/api', api);
  app.use('/:locale', Router().use('/static', users));
  app.get(['/one', '/two'], (_request, response) => void response.end());
  app.get('/late/:id', (_request, _response, next) => setTimeout(() => next(new Error('late')), 1));
  app.use(
    ((error, _request, response, _next) =>
      void response.status(502).end(error.message)) satisfies expressFramework.ErrorRequestHandler,
  );
  const server = createServer(app);

  before(() => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve)));
  after(async () => {
    for (const undo of off) undo();
    tracing[Symbol.dispose]();
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  });

  const cases = [
    ['GET', '/api/tenants/7/users/42?x=1', 'get /api/tenants/:tenant/users/:id'],
    ['GET', '/api/tenants/7/users', 'get /api/tenants/:tenant/users'],
    ['PUT', '/api/tenants/7/users/42/any', 'put /api/tenants/:tenant/users/:id/any'],
    ['GET', '/de/static/3', 'get /:locale/static/:id'],
    ['GET', '/two', 'get /two'],
    ['GET', '/late/9', 'get /late/:id'],
    ['GET', '/api/nothing', 'get not_found'],
    ['DELETE', '/api/x', 'delete not_found'],
  ] as const;
  for (const [method, path, name] of cases) {
    it(`${method} ${path} is "${name}"`, async () => {
      tracing.reporter.take();
      request({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', path, method }, response =>
        response.resume(),
      ).end();
      const [span] = await tracing.reporter.waitFor(1);
      assert.equal(span!.name, name);
      assert.equal(span!.tags?.['http.path'], path.split('?')[0]);
      if (path.startsWith('/late')) assert.equal(span!.tags?.['error'], 'late');
    });
  }
});
