import { lowTraceId, normalizeTraceId, summarizeTrace, type TraceSummary } from '@tracekin/model';
import { matchesSpan, type Storage, type TraceQuery } from '@tracekin/storage';
import type { FastifyPluginCallback, FastifyReply } from 'fastify';
import type { QueryString } from '../parameters.ts';
import type { QuerySettings } from '../query-settings.ts';
import { searchRequest } from '../search-request.ts';
import type { LiveHub, Subject } from './live-hub.ts';

export interface LiveApiOptions {
  readonly storage: Storage;
  readonly settings: QuerySettings;
  readonly hub: LiveHub;
  readonly now: () => number;
}

/** Traces of one event at most, and with it of a look. */
const MOST_TRACES = 50;
/** Clocks of services run ahead at times. */
const AHEAD_MS = 1000;
const SEARCH_EVERY_MS = 5_000;
const TRACE_EVERY_MS = 15_000;

/** Server-sent events: new and changed traces of a search; the number of spans of one trace. */
export function liveApi({ storage, settings, hub, now }: LiveApiOptions): FastifyPluginCallback {
  return (app, _options, done) => {
    app.addHook('preClose', async () => hub.close());
    app.get<{ Querystring: QueryString }>('/stream', (request, reply) => {
      const limit = String(Math.min(MOST_TRACES, settings.queryMaxLimit));
      const query = searchRequest({ ...request.query, endTs: undefined, limit }, settings, now());
      return sendEvents(reply, hub, searchSubject(storage, query, now));
    });
    app.get<{ Params: { traceId: string } }>('/trace/:traceId/stream', (request, reply) =>
      sendEvents(reply, hub, traceSubject(storage, normalizeTraceId(request.params.traceId.trim()))),
    );
    done();
  };
}

function sendEvents(reply: FastifyReply, hub: LiveHub, subject: Subject): FastifyReply {
  const events = hub.follow(subject);
  return reply
    .headers({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      // For proxies that collect answers before they pass them on.
      'x-accel-buffering': 'no',
    })
    .send(events);
}

function searchSubject(storage: Storage, asked: TraceQuery, now: () => number): Subject {
  const { endTs: _, ...criteria } = asked;
  const anytime = { ...asked, endTs: Number.MAX_SAFE_INTEGER, lookback: Number.MAX_SAFE_INTEGER };
  const sizes = new Map<string, number>();
  let latest: readonly TraceSummary[] = [];
  const data = (traces: readonly TraceSummary[]): string | undefined =>
    traces.length === 0 ? undefined : JSON.stringify({ traces });
  return {
    key: `search ${JSON.stringify(criteria)}`,
    event: 'traces',
    lookEveryMs: SEARCH_EVERY_MS,
    concerns: span => matchesSpan(anytime, span),
    state: () => data(latest),
    look: async signal => {
      const traces = await storage.findTraces({ ...asked, endTs: now() + AHEAD_MS }, { signal });
      latest = traces.map(summarizeTrace);
      const news = latest.filter(({ traceId, reportedSpanCount }) => sizes.get(traceId) !== reportedSpanCount);
      sizes.clear();
      for (const { traceId, reportedSpanCount } of latest) sizes.set(traceId, reportedSpanCount);
      return data(news);
    },
  };
}

function traceSubject(storage: Storage, traceId: string): Subject {
  const low = lowTraceId(traceId);
  let count: number | undefined;
  const data = (): string | undefined => (count === undefined ? undefined : `{"reportedSpanCount":${count}}`);
  return {
    key: `trace ${traceId}`,
    event: 'trace',
    lookEveryMs: TRACE_EVERY_MS,
    concerns: span => lowTraceId(span.traceId) === low,
    state: data,
    look: async signal => {
      const before = count;
      count = (await storage.getTrace(traceId, { signal })).length;
      return count === before ? undefined : data();
    },
  };
}
