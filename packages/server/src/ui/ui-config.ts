import { createHash } from 'node:crypto';
import type { Storage } from '@tracekin/storage';
import type { FastifyPluginCallback } from 'fastify';
import { prettyJson } from '../operation/pretty-json.ts';
import type { Settings } from '../settings/settings.ts';

/** What the UI may use beyond Zipkin's API. Its absence tells the UI that it talks to a Zipkin server. */
export interface UiCapabilities {
  readonly summaries: boolean;
  readonly tree: boolean;
  readonly delete: boolean;
  readonly stats: boolean;
  readonly latest: boolean;
  /** Counts of all spans by time and duration, and facets. */
  readonly heatmap: boolean;
  /** What differs between a part of the spans and the rest. */
  readonly diff: boolean;
  /** Rate, errors and durations by service, operation and call; percentiles of one operation. */
  readonly red: boolean;
  /** Values of tags in summaries. */
  readonly tagColumns: boolean;
  /** Server-sent events of a search and of a trace. */
  readonly stream: boolean;
}

/** The body of `/zipkin/config.json`: Zipkin's keys in its order (zipkin.md 1.7), then `capabilities`. */
export function uiConfig(settings: Settings, storage: Storage): object {
  const counts = storage.analysis !== undefined && settings.searchEnabled;
  const capabilities: UiCapabilities = {
    summaries: true,
    tree: true,
    delete: settings.deleteEnabled && storage.capabilities.deleteTrace,
    stats: true,
    latest: true,
    heatmap: counts,
    diff: counts,
    red: counts,
    tagColumns: true,
    stream: true,
  };
  return {
    environment: settings.uiEnvironment,
    queryLimit: settings.uiQueryLimit,
    defaultLookback: settings.uiDefaultLookbackMs,
    searchEnabled: settings.uiSearchEnabled,
    logsUrl: settings.uiLogsUrl ?? null,
    supportUrl: settings.uiSupportUrl ?? null,
    archivePostUrl: settings.uiArchivePostUrl ?? null,
    archiveUrl: settings.uiArchiveUrl ?? null,
    dependency: {
      enabled: settings.uiDependencyEnabled,
      lowErrorRate: settings.uiDependencyLowErrorRate,
      highErrorRate: settings.uiDependencyHighErrorRate,
    },
    capabilities,
  };
}

/** Serves the configuration with an ETag, for ten minutes. */
export function uiConfigRoute(settings: Settings, storage: Storage): FastifyPluginCallback {
  const body = Buffer.from(prettyJson(uiConfig(settings, storage)));
  const etag = `"${createHash('sha1').update(body).digest('base64url').slice(0, 12)}"`;
  return (app, _options, done) => {
    app.get('/zipkin/config.json', { exposeHeadRoute: true }, (request, reply) => {
      reply.headers({ etag, 'cache-control': 'max-age=600' });
      if (matchesEtag(request.headers['if-none-match'], etag)) return reply.code(304).send();
      return reply.header('content-type', 'application/json; charset=utf-8').send(body);
    });
    done();
  };
}

/** Weak comparison (RFC 9110, 13.1.2). */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return (
    ifNoneMatch.trim() === '*' ||
    ifNoneMatch.split(',').some(candidate => candidate.trim().replace(/^W\//, '') === etag)
  );
}
