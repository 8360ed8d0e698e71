import type { ServerResponse } from 'node:http';
import type { Instrumentation } from './instrumentation.ts';
import { expectRoute, setRequestError, setRoute } from './node-http-server.ts';
import { Subscriptions } from './subscriptions.ts';

/** What router 2.3 and later (express 5.3) publishes for every layer that it calls. */
interface LayerMessage {
  readonly req: { readonly baseUrl?: string };
  readonly res: ServerResponse & { [mountsKey]?: Mount[] };
  /** A layer of a route has a `method`; those of middleware and mounted routers have none. */
  readonly layer?: object;
  /** The matched pattern: a route's, a mount's, `/` for plain middleware. */
  readonly route?: unknown;
  readonly errorHandler?: boolean;
  readonly error?: unknown;
}

/** A router mounted on a pattern with parameters: `baseUrl` has what they matched, and names need the pattern. */
interface Mount {
  readonly concrete: string;
  readonly pattern: string;
}

const mountsKey: unique symbol = Symbol('tracekin.mounts');
/** Patterns whose matches have as many segments as themselves. */
const SIMPLE_PARAMETER = /^[^*{}]*:[^*{}]*$/;

/**
 * Names SERVER spans after express routes, mounted routers included. For express 5.3 and later; in older versions the HTTP
 * server's instrumentation finds the route by itself. No spans of its own.
 */
export const express: Instrumentation = {
  name: 'express',
  install(tracer) {
    return new Subscriptions(this.name, tracer)
      .on<LayerMessage>('tracing:express.router.request:start', ({ req, res, layer, route, errorHandler }) => {
        // The layer of an error handler says it has the route '/'.
        if (errorHandler || typeof route !== 'string' || layer === undefined) return;
        const base = req.baseUrl ?? '';
        if ('method' in layer)
          setRoute(res, route === '/' && base !== '' ? patternOf(res, base) : patternOf(res, base) + route);
        else if (route === '/') expectRoute(res);
        else if (SIMPLE_PARAMETER.test(route)) remember(res, base, route);
      })
      .on<LayerMessage>('tracing:express.router.request:error', ({ res, error }) => setRequestError(res, error)).off;
  },
};

function remember(response: LayerMessage['res'], base: string, pattern: string): void {
  let end = base.length;
  for (const _ of pattern.matchAll(/\/(?=[^/])/g)) end = base.lastIndexOf('/', end - 1);
  const outer = base.slice(0, Math.max(0, end));
  response[mountsKey] ??= [];
  response[mountsKey].push({ concrete: base, pattern: patternOf(response, outer) + pattern });
}

function patternOf(response: LayerMessage['res'], base: string): string {
  const mounts = response[mountsKey];
  if (mounts === undefined || base === '') return base;
  // The longest prefix: routers without parameters may be mounted below one with.
  for (let i = mounts.length - 1; i >= 0; i--) {
    const { concrete, pattern } = mounts[i]!;
    if (base === concrete || base.startsWith(`${concrete}/`)) return pattern + base.slice(concrete.length);
  }
  return base;
}
