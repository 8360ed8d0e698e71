import {
  compareAttributes,
  lowerCase,
  NO_DURATION_STEP,
  quantileOfSteps,
  rankInSteps,
  type StepCount,
  stepStart,
  TracekinError,
} from '@tracekin/model';
import type { SpanAnalysis, SpanGroup, Storage } from '@tracekin/storage';
import type { FastifyPluginCallback } from 'fastify';
import { longParameter, type QueryString, requiredParameter } from '../parameters.ts';
import type { QuerySettings } from '../query-settings.ts';
import { sendJson } from '../send-json.ts';
import {
  type AnalysisRequest,
  analysisRequest,
  groupingRequest,
  listParameter,
  MAX_GROUPS,
  partRequest,
} from './analysis-request.ts';
import { countNames, countTags } from './count-facets.ts';
import { spanAttributes } from './span-attributes.ts';

/** Spans of which tags are read. A share of 5,000 is off by 1.4 points at most, nineteen times in twenty. */
const SAMPLE = 5_000;
const MOST_TAG_KEYS = 20;

export interface AnalysisApiOptions {
  readonly storage: Storage;
  readonly settings: QuerySettings;
  readonly now: () => number;
}

/**
 * Counts over all spans of a search: heatmap, groups, facets, what differs, percentiles of an operation. Described in
 * `analysis-openapi.ts`. Storage without `analysis` answers 501.
 */
export function analysisApi({ storage, settings, now }: AnalysisApiOptions): FastifyPluginCallback {
  const timeLimit = settings.queryTimeoutMs > 0 ? { handlerTimeout: settings.queryTimeoutMs } : {};
  const analysis = (): SpanAnalysis => {
    if (storage.analysis !== undefined) return storage.analysis;
    throw new TracekinError('unsupported', `${storage.name} cannot count spans`);
  };

  return (app, _options, done) => {
    app.get<{ Querystring: QueryString }>('/heatmap', timeLimit, async (request, reply) => {
      const query = analysisRequest(request.query, settings, now());
      const cells = await analysis().countSpans(query, { signal: request.signal });
      return sendJson(
        reply,
        JSON.stringify({
          ...windowOf(query),
          spans: sum(cells, ({ spans }) => spans),
          errors: sum(cells, ({ errors }) => errors),
          cells: cells.map(({ bucket, step, spans, errors }) => [bucket, step, spans, errors]),
        }),
      );
    });
    app.get<{ Querystring: QueryString }>('/groups', timeLimit, async (request, reply) => {
      const query = { ...analysisRequest(request.query, settings, now()), ...groupingRequest(request.query) };
      const { groups, more } = await analysis().countGroups(query, { signal: request.signal });
      return sendJson(reply, JSON.stringify({ ...windowOf(query), more, groups: groups.map(groupRow) }));
    });
    app.get<{ Querystring: QueryString }>('/operation', timeLimit, async (request, reply) => {
      const serviceName = lowerCase(requiredParameter(request.query, 'serviceName'));
      const spanName = lowerCase(requiredParameter(request.query, 'spanName'));
      const duration = longParameter(request.query, 'duration');
      if (duration !== undefined && duration <= 0) throw new TracekinError('invalid-argument', 'duration <= 0');
      const query = { ...analysisRequest(request.query, settings, now()), serviceName, spanName, bucketMs: 2 ** 42 };
      const cells = await analysis().countSpans(query, { signal: request.signal });
      const steps = cells.map(({ step, spans }) => [step, spans] as const);
      const rank = duration === undefined ? undefined : rankInSteps(steps, duration);
      return sendJson(
        reply,
        JSON.stringify({
          spans: sum(cells, ({ spans }) => spans),
          errors: sum(cells, ({ errors }) => errors),
          ...percentiles(steps, [50, 75, 90, 95, 99]),
          ...(rank !== undefined && { percentile: Math.round(rank * 1000) / 10 }),
          durations: cells
            .filter(({ step }) => step !== NO_DURATION_STEP)
            .map(({ step, spans, errors }) => [stepStart(step), stepStart(step + 1), spans, errors]),
        }),
      );
    });
    app.get<{ Querystring: QueryString }>('/facets', timeLimit, async (request, reply) => {
      const query = analysisRequest(request.query, settings, now());
      const keys = listParameter(request.query, 'tagKeys', MOST_TAG_KEYS);
      const options = { signal: request.signal };
      const grouping = { ...query, bucketMs: 2 ** 42, atMost: MAX_GROUPS };
      const [operations, sample] = await Promise.all([
        analysis().countGroups({ ...grouping, by: 'operation' }, options),
        analysis().sampleSpans({ ...query, part: {}, side: 'inside', atMost: SAMPLE }, options),
      ]);
      // Too many operations to list would leave services out.
      const services = operations.more
        ? (await analysis().countGroups({ ...grouping, by: 'service' }, options)).groups
        : operations.groups;
      return sendJson(
        reply,
        JSON.stringify({
          spans: sample.spans,
          sampled: sample.sample.length,
          errors: sum(services, ({ errors }) => errors),
          services: countNames(services, 'serviceName'),
          spanNames: countNames(operations.groups, 'spanName'),
          tags: countTags(sample.sample, keys),
        }),
      );
    });
    app.get<{ Querystring: QueryString }>('/differences', timeLimit, async (request, reply) => {
      const query = { ...analysisRequest(request.query, settings, now()), part: partRequest(request.query) };
      const options = { signal: request.signal };
      const [selected, rest] = await Promise.all(
        (['inside', 'outside'] as const).map(side =>
          analysis().sampleSpans({ ...query, side, atMost: SAMPLE }, options),
        ),
      );
      return sendJson(
        reply,
        JSON.stringify({
          selected: { spans: selected!.spans, sampled: selected!.sample.length },
          rest: { spans: rest!.spans, sampled: rest!.sample.length },
          differences: compareAttributes(selected!.sample.map(spanAttributes), rest!.sample.map(spanAttributes))
            // That failed spans have an error tag is no news.
            .filter(({ key, value }) => !(query.part.error && key === 'error' && value === undefined))
            .map(difference => ({
              ...difference,
              selected: Math.round(difference.selected * 1e4) / 1e4,
              rest: Math.round(difference.rest * 1e4) / 1e4,
            })),
        }),
      );
    });
    done();
  };
}

function windowOf({ startTs, endTs, bucketMs, buckets }: AnalysisRequest): object {
  return { startTs, endTs, bucketMs, buckets };
}

function groupRow({ serviceName, spanName, remoteServiceName, spans, errors, steps, series }: SpanGroup): object {
  return {
    ...(serviceName !== '' && { serviceName }),
    ...(spanName !== '' && { spanName }),
    ...(remoteServiceName !== '' && { remoteServiceName }),
    spans,
    errors,
    ...percentiles(steps, [50, 95, 99]),
    series,
  };
}

/** `p50`, … in microseconds; none when no span has a duration. */
function percentiles(steps: readonly StepCount[], parts: readonly number[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const part of parts) {
    const value = quantileOfSteps(steps, part / 100);
    if (value !== undefined) found[`p${part}`] = value;
  }
  return found;
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
