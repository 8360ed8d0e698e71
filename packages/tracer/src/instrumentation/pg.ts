import { getTracer } from '../default-tracer.ts';
import { currentContext, withContext } from '../scope.ts';
import type { Span } from '../span.ts';
import { SUPPRESSED } from '../trace-context.ts';
import { patchMethod } from './method-patch.ts';
import { redactSql, sqlVerb } from './sql.ts';

type Query = (this: PgClient, ...args: unknown[]) => unknown;
type Callback = (error: unknown, result: unknown) => unknown;

interface PgClient {
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
}

/** The part of the `pg` module that is used: `import pg from 'pg'`. */
export interface PgModule {
  readonly Client: { readonly prototype: { query: unknown } };
}

/**
 * Records the queries of `pg`, also through its pools, as CLIENT spans: `instrumentPg(pg)` once, before or after clients are
 * made. Returns how to undo it. pg publishes no channels yet, hence the patch.
 */
export function instrumentPg(pg: PgModule): () => void {
  const prototype = pg.Client.prototype as { query: Query };
  return patchMethod(prototype, 'query', original => {
    return function (this: PgClient, ...args: unknown[]): unknown {
      const caller = currentContext();
      if (caller === undefined || caller === SUPPRESSED) return original.apply(this, args);
      const span = start(this, args[0]);
      return span === undefined
        ? original.apply(this, args)
        : record(span, () => original.apply(this, withCallback(args, span)));
    };
  });
}

function start(client: PgClient, query: unknown): Span | undefined {
  try {
    const sql = String(typeof query === 'string' ? query : ((query as { text?: unknown } | null)?.text ?? ''));
    return getTracer().startSpan(sqlVerb(sql), {
      kind: 'CLIENT',
      tags: { 'sql.query': redactSql(sql) },
      remote: {
        serviceName: client.database ? `postgresql-${client.database}` : 'postgresql',
        ip: client.host,
        port: client.port,
      },
    });
  } catch {
    return undefined;
  }
}

/** Ends the span in the caller's callback, if there is one, and gives that the caller's context back. */
function withCallback(args: readonly unknown[], span: Span): unknown[] {
  const caller = currentContext();
  const traced =
    (callback: Callback): Callback =>
    (error, result) => {
      if (error) span.error(error);
      span.finish();
      return withContext(caller, callback, error, result);
    };
  const last = args.at(-1);
  if (typeof last === 'function') return [...args.slice(0, -1), traced(last as Callback)];
  // A Submittable (cursor, query stream) carries its callback itself.
  const query = args[0] as { callback?: Callback } | null;
  if (typeof query === 'object' && query !== null && typeof query.callback === 'function') {
    query.callback = traced(query.callback);
  }
  return [...args];
}

function record(span: Span, run: () => unknown): unknown {
  let result: unknown;
  try {
    result = run();
  } catch (error) {
    span.error(error);
    span.finish();
    throw error;
  }
  if (result instanceof Promise) {
    return result.then(
      value => {
        span.finish();
        return value;
      },
      error => {
        span.error(error);
        span.finish();
        throw error;
      },
    );
  }
  const emitter = result as { once?: (event: string, listener: (error?: unknown) => void) => void } | undefined;
  if (typeof emitter?.once === 'function') {
    emitter.once('end', () => span.finish());
    // Listening to 'error' alone would swallow it: pg emits it only on queries without callback, where the owner listens too.
    emitter.once('close', () => span.finish());
  }
  return result;
}
