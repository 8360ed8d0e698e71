import type { ServerResponse } from 'node:http';
import { setRequestError, setRoute } from './node-http-server.ts';

/** The part of hono's context that is used here; on @hono/node-server `env` holds node's response. */
interface HonoContext {
  readonly env: unknown;
  readonly error?: Error | undefined;
  readonly req: { readonly routePath?: string };
}

/** Names SERVER spans after hono routes and records errors, on @hono/node-server: `app.use(honoTracing())` before everything else. */
export function honoTracing(): (context: HonoContext, next: () => Promise<void>) => Promise<void> {
  return async (context, next) => {
    await next();
    const response = (context.env as { outgoing?: ServerResponse } | undefined)?.outgoing;
    if (response === undefined) return;
    const route = matchedRoute(context);
    setRoute(response, route);
    if (context.error !== undefined) setRequestError(response, context.error);
  };
}

function matchedRoute(context: HonoContext): string {
  const path = context.req.routePath ?? '';
  // Where nothing else matched it is this middleware's own.
  return path === '/*' || path === '*' ? '' : path;
}
