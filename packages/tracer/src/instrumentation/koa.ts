import type { ServerResponse } from 'node:http';
import { setRequestError, setRoute } from './node-http-server.ts';

/** The part of koa's context that is used here; `_matchedRoute` is what @koa/router sets. */
interface KoaContext {
  readonly res: ServerResponse;
  readonly _matchedRoute?: unknown;
}

/** Names SERVER spans after @koa/router routes and records errors: `app.use(koaTracing())` before everything else. */
export function koaTracing(): (context: KoaContext, next: () => Promise<unknown>) => Promise<void> {
  return async (context, next) => {
    try {
      await next();
    } catch (error) {
      setRequestError(context.res, error);
      throw error;
    } finally {
      const route = context._matchedRoute;
      setRoute(context.res, typeof route === 'string' ? route : '');
    }
  };
}
