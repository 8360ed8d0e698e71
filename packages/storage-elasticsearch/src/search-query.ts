import type { TraceQuery } from '@tracekin/storage';
import { indexedTerms } from './joined-terms.ts';

/** A node of the query language that both Elasticsearch and OpenSearch speak. */
export type Clause = Readonly<Record<string, unknown>>;

/** Equality on one field. */
export function term(field: string, value: string | number): Clause {
  return { term: { [field]: value } };
}

/** A window on a field of epoch milliseconds or microseconds; both ends inclusive. */
export function range(field: string, from: number | undefined, to: number | undefined): Clause {
  return {
    range: { [field]: { ...(from === undefined ? {} : { gte: from }), ...(to === undefined ? {} : { lte: to }) } },
  };
}

/** All clauses must hold; nothing is scored. */
export function all(clauses: readonly Clause[]): Clause {
  return { bool: { filter: clauses } };
}

/**
 * The criteria of a search as clauses that one span document must meet together. Zipkin asks the same (zipkin.md 1.2), so both
 * servers find the same traces in the same indices.
 */
export function criteria(query: TraceQuery): Clause[] {
  const clauses: Clause[] = [range('timestamp_millis', query.endTs - query.lookback, query.endTs)];
  if (query.serviceName !== undefined) clauses.push(term('localEndpoint.serviceName', query.serviceName));
  if (query.remoteServiceName !== undefined) clauses.push(term('remoteEndpoint.serviceName', query.remoteServiceName));
  if (query.spanName !== undefined) clauses.push(term('name', query.spanName));
  for (const [key, value] of query.tags) clauses.push(searchTerm(`${key}=${value}`));
  for (const word of query.annotations) clauses.push(searchTerm(word));
  if (query.minDuration !== undefined) clauses.push(range('duration', query.minDuration, query.maxDuration));
  return clauses;
}

function searchTerm(word: string): Clause {
  const [only = '', ...others] = indexedTerms(word);
  return others.length === 0 ? term('_q', only) : { terms: { _q: [only, ...others] } };
}

/**
 * The body of the first request of a search: the ids of at most `size` traces, those whose latest matching span is the most recent
 * first.
 */
export function newestTraces(query: TraceQuery, size: number): object {
  return {
    size: 0,
    query: all(criteria(query)),
    aggs: {
      traces: {
        terms: { field: 'traceId', size, order: { latest: 'desc' } },
        aggs: { latest: { max: { field: 'timestamp_millis' } } },
      },
    },
  };
}
