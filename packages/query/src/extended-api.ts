import { encodeSpanJsonV2 } from '@tracekin/codec';
import { lowerCase, normalizeTraceId, summarizeTrace, TracekinError, traceTags } from '@tracekin/model';
import type { CheckResult, Storage, TraceQuery } from '@tracekin/storage';
import type { FastifyPluginCallback } from 'fastify';
import { analysisApi } from './analysis/analysis-api.ts';
import { listParameter } from './analysis/analysis-request.ts';
import { liveApi } from './live/live-api.ts';
import type { LiveHub } from './live/live-hub.ts';
import { type QueryString, textParameter } from './parameters.ts';
import type { QuerySettings } from './query-settings.ts';
import { searchRequest } from './search-request.ts';
import { sendJson } from './send-json.ts';
import { type TreeRow, traceRows } from './trace-tree.ts';

/** Columns of tags that a summary may have. */
const MOST_TAG_KEYS = 8;

/** What `/stats` adds to the storage's own state. */
export interface CollectorStats {
  /** Spans decoded since the process started, whatever became of them. */
  readonly spansReceived: number;
  /** Those that were not kept. */
  readonly spansDropped: number;
  /** Acknowledged spans of this process that storage does not have yet. */
  readonly backlogSpans: number;
  /** Bytes of acknowledged messages, those of earlier processes included, that storage does not have yet. */
  readonly backlogBytes: number;
  /** How long the oldest span that is about to be written has waited. */
  readonly backlogAgeMs: number;
  /** Bytes on disk, and at which the spool refuses messages. Undefined without a spool. */
  readonly spool: { readonly bytes: number; readonly limitBytes: number } | undefined;
  /** Why storage did not take the last batch; undefined while it does. */
  readonly writeFailure: string | undefined;
}

export interface ExtendedApiOptions {
  readonly storage: Storage;
  readonly settings: QuerySettings;
  readonly version: string;
  readonly collectorStats: () => CollectorStats;
  /** Told of every write; closed with the application. */
  readonly hub: LiveHub;
  /** Milliseconds since the epoch; for tests. */
  readonly now?: () => number;
}

/**
 * What the UI asks beyond Zipkin's API: rows of a search without their spans, merged and corrected trees, deletion,
 * state. Additive and versioned; described in `openapi.ts`.
 */
export function extendedApi(options: ExtendedApiOptions): FastifyPluginCallback {
  const { storage, settings, now = Date.now } = options;
  const timeLimit = settings.queryTimeoutMs > 0 ? { handlerTimeout: settings.queryTimeoutMs } : {};

  return (app, _options, done) => {
    app.get<{ Querystring: QueryString }>('/summaries', timeLimit, async (request, reply) => {
      const query = searchRequest(request.query, settings, now());
      const keys = listParameter(request.query, 'tagKeys', MOST_TAG_KEYS);
      const traces = await storage.findTraces(query, { signal: request.signal });
      return sendJson(
        reply,
        JSON.stringify({
          traces: traces.map(spans => ({ ...summarizeTrace(spans), ...(keys && { tags: traceTags(spans, keys) }) })),
        }),
      );
    });
    app.get<{ Params: { traceId: string } }>('/trace/:traceId/tree', timeLimit, async (request, reply) => {
      const traceId = normalizeTraceId(request.params.traceId.trim());
      const spans = await storage.getTrace(traceId, { signal: request.signal });
      if (spans.length === 0) throw new TracekinError('not-found', `${traceId} not found`);
      return sendJson(reply, `{"traceId":"${traceId}","rows":[${traceRows(spans).map(encodeRow).join(',')}]}`);
    });
    app.delete<{ Params: { traceId: string } }>('/trace/:traceId', timeLimit, async (request, reply) => {
      const traceId = normalizeTraceId(request.params.traceId.trim());
      if (!settings.deleteEnabled) {
        return reply
          .code(403)
          .headers({ 'content-type': 'text/*', 'x-content-type-options': 'nosniff' })
          .send(Buffer.from('Deleting traces is switched off on this server; TRACEKIN_DELETE_ENABLED=true allows it'));
      }
      const deletedSpans = await storage.deleteTrace(traceId, { signal: request.signal });
      if (deletedSpans === 0) throw new TracekinError('not-found', `${traceId} not found`);
      return sendJson(reply, JSON.stringify({ deletedSpans }));
    });
    app.get('/stats', timeLimit, async (request, reply) => {
      const check: CheckResult = await storage.check({ signal: request.signal });
      const collector: CollectorStats = options.collectorStats();
      return sendJson(
        reply,
        JSON.stringify({
          version: options.version,
          ...collector,
          storage: { name: storage.name, durable: storage.capabilities.durable, ...check },
        }),
      );
    });
    app.get<{ Querystring: QueryString }>('/latest', timeLimit, async (request, reply) => {
      const serviceName = lowerCase(textParameter(request.query, 'serviceName') ?? '');
      const [latest] = await storage.findTraces(latestQuery(serviceName, now()), { signal: request.signal });
      const summary = latest && summarizeTrace(latest);
      return sendJson(reply, JSON.stringify({ traceId: summary?.traceId, timestamp: summary?.timestamp }));
    });
    app.register(analysisApi({ storage, settings, now }));
    app.register(liveApi({ storage, settings, hub: options.hub, now }));
    done();
  };
}

/** The newest trace of a service, or of any, however old. A day ahead, for clocks that are. */
function latestQuery(serviceName: string, now: number): TraceQuery {
  const endTs = now + 86_400_000;
  return {
    ...(serviceName !== '' && { serviceName }),
    tags: [],
    annotations: [],
    endTs,
    lookback: endTs - 1,
    limit: 1,
  };
}

function encodeRow({ span, ...place }: TreeRow): string {
  return `{"span":${encodeSpanJsonV2(span)},${JSON.stringify(place).slice(1)}`;
}
