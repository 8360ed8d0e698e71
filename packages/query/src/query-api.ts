import { encodeDependencyLinks } from '@tracekin/codec';
import { lowerCase, normalizeTraceId, TracekinError } from '@tracekin/model';
import type { Storage } from '@tracekin/storage';
import type { FastifyPluginCallback, FastifyReply } from 'fastify';
import { NamesCache } from './names-cache.ts';
import { type QueryString, requiredParameter } from './parameters.ts';
import type { QuerySettings } from './query-settings.ts';
import { dependencyRequest, searchRequest } from './search-request.ts';
import { sendJson } from './send-json.ts';
import { spansJson, tracesJson } from './spans-json.ts';
import { parseTraceIds } from './trace-ids.ts';

export interface QueryApiOptions {
  readonly storage: Storage;
  readonly settings: QuerySettings;
  /** Milliseconds since the epoch; for tests. */
  readonly now?: () => number;
}

/**
 * Zipkin's query API: raw, unmerged spans, its parameters, texts, statuses and cache headers (zipkin.md 1.1 to 1.4, 12).
 * Register the one plugin at every prefix, so that they share what was learnt about the number of services. Failures are
 * thrown as TracekinErrors for the application's error handler.
 */
export function queryApi({ storage, settings, now = Date.now }: QueryApiOptions): FastifyPluginCallback {
  const cache = new NamesCache(settings.namesMaxAgeSeconds);
  const timeLimit = settings.queryTimeoutMs > 0 ? { handlerTimeout: settings.queryTimeoutMs } : {};

  return (app, _options, done) => {
    app.get<{ Querystring: QueryString }>('/services', timeLimit, async (request, reply) => {
      const names = await storage.getServiceNames({ signal: request.signal });
      return sendNames(reply, names, cache.services(names.length));
    });
    app.get<{ Querystring: QueryString }>('/spans', timeLimit, async (request, reply) => {
      const service = lowerCase(requiredParameter(request.query, 'serviceName'));
      const names = service === '' ? [] : await storage.getSpanNames(service, { signal: request.signal });
      return sendNames(reply, names, cache.names());
    });
    app.get<{ Querystring: QueryString }>('/remoteServices', timeLimit, async (request, reply) => {
      const service = lowerCase(requiredParameter(request.query, 'serviceName'));
      const names = service === '' ? [] : await storage.getRemoteServiceNames(service, { signal: request.signal });
      return sendNames(reply, names, cache.names());
    });
    app.get<{ Querystring: QueryString }>('/autocompleteKeys', timeLimit, async (_request, reply) =>
      sendNames(reply, settings.autocompleteKeys, cache.header),
    );
    app.get<{ Querystring: QueryString }>('/autocompleteValues', timeLimit, async (request, reply) => {
      const key = requiredParameter(request.query, 'key');
      if (key === '') throw new TracekinError('invalid-argument', 'key was empty');
      const known = settings.autocompleteKeys.includes(key);
      const values = known ? await storage.getAutocompleteValues(key, { signal: request.signal }) : [];
      return sendNames(reply, values, cache.values(values.length));
    });
    app.get<{ Querystring: QueryString }>('/traces', timeLimit, async (request, reply) => {
      const query = searchRequest(request.query, settings, now());
      return sendJson(reply, tracesJson(await storage.findTraces(query, { signal: request.signal })));
    });
    app.get<{ Querystring: QueryString }>('/traceMany', timeLimit, async (request, reply) => {
      const traceIds = parseTraceIds(requiredParameter(request.query, 'traceIds'));
      return sendJson(reply, tracesJson(await storage.getTraces(traceIds, { signal: request.signal })));
    });
    app.get<{ Params: { traceId: string } }>('/trace/:traceId', timeLimit, async (request, reply) => {
      if (request.params.traceId === '') return reply.callNotFound();
      const traceId = normalizeTraceId(request.params.traceId.trim());
      const spans = await storage.getTrace(traceId, { signal: request.signal });
      if (spans.length === 0) throw new TracekinError('not-found', `${traceId} not found`);
      return sendJson(reply, spansJson(spans));
    });
    app.get<{ Querystring: QueryString }>('/dependencies', timeLimit, async (request, reply) => {
      const query = dependencyRequest(request.query, settings);
      return sendJson(reply, encodeDependencyLinks(await storage.getDependencies(query, { signal: request.signal })));
    });
    done();
  };
}

function sendNames(reply: FastifyReply, names: readonly string[], cacheControl: string | undefined): FastifyReply {
  if (cacheControl !== undefined) reply.header('cache-control', cacheControl);
  return sendJson(reply, JSON.stringify(names));
}
