import type { DurationMicros, EpochMicros, Span, StepCount } from '@tracekin/model';
import type { CallOptions } from '../storage.ts';
import type { TraceQuery } from '../trace-query.ts';

/**
 * Which spans of a trace count. `all`; `entries`: where a service is entered, that is kind SERVER or CONSUMER or without a
 * parent; `roots`: without a parent. The half of a call that shares its id is no root. `inScope` decides.
 */
export const SPAN_SCOPES = ['all', 'entries', 'roots'] as const;
export type SpanScope = (typeof SPAN_SCOPES)[number];

/** Spans, each by itself: those that meet every criterion and the window (`matchesSpan`), and the scope. */
export interface SpanCriteria extends Omit<TraceQuery, 'limit'> {
  readonly scope: SpanScope;
}

export interface SpanCountQuery extends SpanCriteria {
  /** Length of a bucket of time in milliseconds, above 0. Bucket 0 begins at `endTs - lookback`, but not before 1970. */
  readonly bucketMs: number;
}

/** Spans of one bucket of time and one step of duration. */
export interface SpanCell {
  readonly bucket: number;
  /** Of the model's `durationStep`. */
  readonly step: number;
  /** Above 0. */
  readonly spans: number;
  /** Those of them with an `error` tag. */
  readonly errors: number;
}

/** `service`: local service; `operation`: with the span name; `call`: with the remote one, of kind CLIENT and PRODUCER only. */
export const SPAN_GROUPINGS = ['service', 'operation', 'call'] as const;
export type SpanGrouping = (typeof SPAN_GROUPINGS)[number];

export interface SpanGroupQuery extends SpanCountQuery {
  readonly by: SpanGrouping;
  /** How many groups at most, above 0: those with the most spans. */
  readonly atMost: number;
}

export interface SpanGroup {
  /** Empty when the spans name none, as the other two. */
  readonly serviceName: string;
  /** Empty unless grouped by `operation`. */
  readonly spanName: string;
  /** Empty unless grouped by `call`, and then never. */
  readonly remoteServiceName: string;
  readonly spans: number;
  readonly errors: number;
  /** Spans by step of duration, in that order. */
  readonly steps: readonly StepCount[];
  /** Spans by bucket of time, in that order; buckets without any are left out. */
  readonly series: readonly (readonly [bucket: number, spans: number, errors: number])[];
}

/** A part of the spans: a box in time and duration, the failed ones, or both. A span is inside when it meets all that is given. */
export interface SpanPart {
  /** Inclusive, as all of these. */
  readonly fromTimestamp?: EpochMicros | undefined;
  readonly toTimestamp?: EpochMicros | undefined;
  /** A span without a duration counts as 0. */
  readonly fromDuration?: DurationMicros | undefined;
  readonly toDuration?: DurationMicros | undefined;
  /** Only spans with an `error` tag. */
  readonly error?: true | undefined;
}

export interface SpanSampleQuery extends SpanCriteria {
  readonly part: SpanPart;
  /** Spans inside of the part, or the others. */
  readonly side: 'inside' | 'outside';
  /** How many spans to return at most, above 0. */
  readonly atMost: number;
}

/** What a sample needs to say of a span. */
export type SampledSpan = Pick<Span, 'kind' | 'name' | 'localEndpoint' | 'remoteEndpoint' | 'tags'>;

export interface SpanSample {
  /** How many spans there are. */
  readonly spans: number;
  /** All of them when there are no more than `atMost`; else some, taken without regard to what they are like. */
  readonly sample: readonly SampledSpan[];
}

/**
 * Counts over all spans of a search, for pictures and comparisons. Optional: a backend without it leaves `Storage.analysis`
 * out. Every span counts by its own timestamp and duration; one that was reported several times may count as often. Counts
 * are exact. With search disabled everything is empty. Failures are those of `Storage`.
 */
export interface SpanAnalysis {
  /** By bucket, then step; cells without spans are left out. */
  countSpans(query: SpanCountQuery, options?: CallOptions): Promise<SpanCell[]>;
  /** Most spans first, then by name. `more`: there are others. */
  countGroups(
    query: SpanGroupQuery,
    options?: CallOptions,
  ): Promise<{ readonly groups: readonly SpanGroup[]; readonly more: boolean }>;
  sampleSpans(query: SpanSampleQuery, options?: CallOptions): Promise<SpanSample>;
}
