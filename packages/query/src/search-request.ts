import { type DependencyQuery, parseDependencyQuery, parseTraceQuery, type TraceQuery } from '@tracekin/storage';
import { intParameter, longParameter, type QueryString, requiredLongParameter, textParameter } from './parameters.ts';
import type { QuerySettings } from './query-settings.ts';

/** Zipkin's page size. */
const DEFAULT_LIMIT = 10;

/**
 * The search that a query string of `/traces` asks for (zipkin.md 1.1, 1.2). Numbers are read here, as Zipkin's web server
 * does, so that a malformed one has its text; what they mean is checked by `parseTraceQuery`.
 *
 * @throws TracekinError `invalid-argument`, among others for a limit above `queryMaxLimit`
 */
export function searchRequest(query: QueryString, settings: QuerySettings, now: number): TraceQuery {
  const params = {
    serviceName: textParameter(query, 'serviceName'),
    spanName: textParameter(query, 'spanName'),
    remoteServiceName: textParameter(query, 'remoteServiceName'),
    annotationQuery: textParameter(query, 'annotationQuery'),
    minDuration: longParameter(query, 'minDuration')?.toString(),
    maxDuration: longParameter(query, 'maxDuration')?.toString(),
    endTs: longParameter(query, 'endTs')?.toString(),
    lookback: longParameter(query, 'lookback')?.toString(),
    limit: intParameter(query, 'limit')?.toString(),
  };
  return parseTraceQuery(params, {
    now,
    lookback: settings.queryLookbackMs,
    limit: Math.min(DEFAULT_LIMIT, settings.queryMaxLimit),
    maxLimit: settings.queryMaxLimit,
  });
}

/** The window that a query string of `/dependencies` asks for. @throws TracekinError `invalid-argument` */
export function dependencyRequest(query: QueryString, settings: QuerySettings): DependencyQuery {
  const params = {
    endTs: requiredLongParameter(query, 'endTs').toString(),
    lookback: longParameter(query, 'lookback')?.toString(),
  };
  return parseDependencyQuery(params, { lookback: settings.queryLookbackMs });
}
