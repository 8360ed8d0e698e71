import { queryOptions } from '@tanstack/react-query';
import type { Difference } from '@tracekin/model';
import { getJson, type QueryParameters } from './request.ts';

// Counts over all spans of a search; only where the server says `heatmap`, `diff` and `red`. Times are milliseconds since the
// epoch, durations microseconds, as docs/api.md has them.

export const SCOPES = ['all', 'entries', 'roots'] as const;
export type Scope = (typeof SCOPES)[number];

interface Buckets {
  readonly startTs: number;
  readonly endTs: number;
  readonly bucketMs: number;
  readonly buckets: number;
}

export type Cell = readonly [bucket: number, step: number, spans: number, errors: number];

export interface Heatmap extends Buckets {
  readonly spans: number;
  readonly errors: number;
  readonly cells: readonly Cell[];
}

export interface SpanGroup {
  readonly serviceName?: string;
  readonly spanName?: string;
  readonly remoteServiceName?: string;
  readonly spans: number;
  readonly errors: number;
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  readonly series: readonly (readonly [bucket: number, spans: number, errors: number])[];
}

export interface SpanGroups extends Buckets {
  readonly more: boolean;
  readonly groups: readonly SpanGroup[];
}

interface CountedValue {
  readonly value: string;
  readonly spans: number;
  readonly errors?: number;
}

export interface Facets {
  readonly spans: number;
  readonly sampled: number;
  readonly errors: number;
  readonly services: readonly CountedValue[];
  readonly spanNames: readonly CountedValue[];
  readonly tags: readonly { readonly key: string; readonly spans: number; readonly values: readonly CountedValue[] }[];
}

export interface Differences {
  readonly selected: { readonly spans: number; readonly sampled: number };
  readonly rest: { readonly spans: number; readonly sampled: number };
  readonly differences: readonly Difference[];
}

/** Durations in microseconds, within 6.25 %; `percentile` is the per cent of spans that are shorter than the one asked about. */
export interface OperationFigures {
  readonly spans: number;
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  readonly percentile?: number;
}

const ask = <T>(path: string, parameters: QueryParameters) =>
  queryOptions({
    queryKey: [path, parameters],
    queryFn: ({ signal }) => getJson<T>(`api/tracekin/v1/${path}`, parameters, signal),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });

export const heatmapQuery = (parameters: QueryParameters) => ask<Heatmap>('heatmap', parameters);
export const groupsQuery = (parameters: QueryParameters) => ask<SpanGroups>('groups', parameters);
export const operationQuery = (parameters: QueryParameters) => ask<OperationFigures>('operation', parameters);
export const facetsQuery = (parameters: QueryParameters) => ask<Facets>('facets', parameters);
export const differencesQuery = (parameters: QueryParameters) => ask<Differences>('differences', parameters);
