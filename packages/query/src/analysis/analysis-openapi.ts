import { operation, queryParameter, SEARCH_PARAMETERS } from '../openapi-parts.ts';
import type { JsonSchema } from '../openapi-schemas.ts';
import { DEFAULT_GROUPS, MAX_BUCKETS, MAX_GROUPS } from './analysis-request.ts';

const TAG = 'tracekin';
const text: JsonSchema = { type: 'string' };
const whole: JsonSchema = { type: 'integer', format: 'int64', minimum: 0 };
const count: JsonSchema = { type: 'integer', minimum: 0 };
const micros: JsonSchema = { type: 'integer', minimum: 1, description: 'Microseconds.' };
const share: JsonSchema = { type: 'number', minimum: 0, maximum: 1 };

function closed(required: readonly string[], properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', additionalProperties: false, required, properties };
}

function listOf(items: JsonSchema, description?: string): JsonSchema {
  return { type: 'array', items, ...(description !== undefined && { description }) };
}

function tuple(length: number, items: JsonSchema): JsonSchema {
  return { type: 'array', minItems: length, maxItems: length, items };
}

/** Criteria and window of a search, without its limit. */
const CRITERIA = [
  ...SEARCH_PARAMETERS.filter(({ name }) => name !== 'limit'),
  queryParameter(
    'scope',
    { enum: ['all', 'entries', 'roots'], default: 'all' },
    'Which spans count: all; where a service is entered (SERVER, CONSUMER or without a parent); those without a parent.',
  ),
];
const BUCKETS = queryParameter(
  'buckets',
  { type: 'integer', minimum: 1, maximum: MAX_BUCKETS, default: 60 },
  'Into how many parts the time is divided.',
);

const WINDOW: Readonly<Record<string, JsonSchema>> = {
  startTs: { ...whole, description: 'Where bucket 0 begins. Milliseconds since the epoch.' },
  endTs: { ...whole, description: 'Inclusive. Milliseconds since the epoch.' },
  bucketMs: { ...whole, description: 'Length of a bucket in milliseconds.' },
  buckets: { ...count, description: 'How many there are.' },
};
const SAMPLED = closed(['spans', 'sampled'], {
  spans: { ...count, description: 'How many spans there are.' },
  sampled: { ...count, description: 'How many of them were looked at; all when the two are equal.' },
});
const FACET_VALUES = listOf(
  closed(['value', 'spans', 'errors'], { value: text, spans: count, errors: count }),
  'Exact, at most 100, most spans first.',
);

export const ANALYSIS_SCHEMAS: {
  readonly [K in 'Heatmap' | 'SpanGroups' | 'OperationDurations' | 'Facets' | 'Differences']: JsonSchema;
} = {
  Heatmap: closed(['startTs', 'endTs', 'bucketMs', 'buckets', 'spans', 'errors', 'cells'], {
    ...WINDOW,
    spans: { ...count, description: 'All matching spans; exact.' },
    errors: { ...count, description: 'Those with an error tag.' },
    cells: listOf(
      tuple(4, { type: 'integer', minimum: -1 }),
      '[bucket, step, spans, errors] by bucket, then step; exact. A step is a sixteenth of a doubling of the duration: step s begins at 2^floor(s/16) * (1 + (s mod 16)/16) µs; -1 is without a duration.',
    ),
  }),
  SpanGroups: closed(['startTs', 'endTs', 'bucketMs', 'buckets', 'more', 'groups'], {
    ...WINDOW,
    more: { type: 'boolean', description: 'There are other groups, with fewer spans.' },
    groups: listOf(
      closed(['spans', 'errors', 'series'], {
        serviceName: text,
        spanName: text,
        remoteServiceName: text,
        spans: count,
        errors: count,
        p50: micros,
        p95: micros,
        p99: micros,
        series: listOf(tuple(3, count), '[bucket, spans, errors]; buckets without spans are left out.'),
      }),
      'Most spans first. Counts are exact, percentiles within 6.25 %.',
    ),
  }),
  OperationDurations: closed(['spans', 'errors', 'durations'], {
    spans: count,
    errors: count,
    p50: micros,
    p75: micros,
    p90: micros,
    p95: micros,
    p99: micros,
    percentile: {
      type: 'number',
      minimum: 0,
      maximum: 100,
      description: 'How many per cent of the spans are shorter than `duration`. Absent without it or without spans.',
    },
    durations: listOf(
      tuple(4, { type: 'number', minimum: 0 }),
      '[from, below, spans, errors] by duration in microseconds; exact.',
    ),
  }),
  Facets: closed(['spans', 'sampled', 'errors', 'services', 'spanNames', 'tags'], {
    spans: { ...count, description: 'All matching spans; exact.' },
    sampled: { ...count, description: 'Of how many of them the tags were read; all when the two are equal.' },
    errors: { ...count, description: 'Matching spans with an error tag; exact.' },
    services: FACET_VALUES,
    spanNames: FACET_VALUES,
    tags: listOf(
      closed(['key', 'spans', 'values'], {
        key: text,
        spans: { ...count, description: 'Spans of the sample that have it.' },
        values: listOf(closed(['value', 'spans'], { value: text, spans: count }), 'At most 20, most spans first.'),
      }),
      'Counts within the sample.',
    ),
  }),
  Differences: closed(['selected', 'rest', 'differences'], {
    selected: SAMPLED,
    rest: SAMPLED,
    differences: listOf(
      closed(['field', 'selected', 'rest'], {
        field: { enum: ['serviceName', 'spanName', 'remoteServiceName', 'kind', 'error', 'tag'] },
        key: { ...text, description: 'Of a tag.' },
        value: {
          ...text,
          description: 'Absent when the mere presence of the tag is what differs. At most 200 characters.',
        },
        selected: { ...share, description: 'Part of the looked-at spans inside that have it.' },
        rest: { ...share, description: 'The same outside.' },
      }),
      'What tells the two apart best first. What chance would explain (4 standard errors) is left out.',
    ),
  }),
};

function answer(name: keyof typeof ANALYSIS_SCHEMAS): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

export const ANALYSIS_PATHS: Readonly<Record<string, JsonSchema>> = {
  '/api/tracekin/v1/heatmap': {
    get: operation({
      id: 'getHeatmap',
      tag: TAG,
      summary: 'Count all spans of a search by time and duration',
      description: 'Each span by its own timestamp and duration. Several reports of one span may count as often.',
      parameters: [...CRITERIA, BUCKETS],
      answer: answer('Heatmap'),
      failures: [400, 500, 501],
    }),
  },
  '/api/tracekin/v1/groups': {
    get: operation({
      id: 'getGroups',
      tag: TAG,
      summary: 'Rate, errors and durations of all spans of a search by service, operation or call',
      parameters: [
        ...CRITERIA,
        BUCKETS,
        queryParameter(
          'by',
          { enum: ['service', 'operation', 'call'], default: 'service' },
          'operation: service and span name. call: service and remote service of CLIENT and PRODUCER spans.',
        ),
        queryParameter(
          'groups',
          { type: 'integer', minimum: 1, maximum: MAX_GROUPS, default: DEFAULT_GROUPS },
          'How many groups at most.',
        ),
      ],
      answer: answer('SpanGroups'),
      failures: [400, 500, 501],
    }),
  },
  '/api/tracekin/v1/operation': {
    get: operation({
      id: 'getOperation',
      tag: TAG,
      summary: 'How long the spans of one operation take',
      description: 'Percentiles are within 6.25 %. With duration, also how many per cent of the spans are shorter.',
      parameters: [
        queryParameter('serviceName', text, 'Local service name. Not case-sensitive.', true),
        queryParameter('spanName', text, 'Span name. Not case-sensitive.', true),
        queryParameter('duration', { ...whole, minimum: 1 }, 'Microseconds.'),
        ...CRITERIA.filter(({ name }) => name !== 'serviceName' && name !== 'spanName'),
      ],
      answer: answer('OperationDurations'),
      failures: [400, 500, 501],
    }),
  },
  '/api/tracekin/v1/facets': {
    get: operation({
      id: 'getFacets',
      tag: TAG,
      summary: 'Values that all spans of a search have, with how often',
      parameters: [
        ...CRITERIA,
        queryParameter(
          'tagKeys',
          text,
          'Tag keys separated by commas, at most 20. Without it: the most frequent ones whose values repeat.',
        ),
      ],
      answer: answer('Facets'),
      failures: [400, 500, 501],
    }),
  },
  '/api/tracekin/v1/differences': {
    get: operation({
      id: 'getDifferences',
      tag: TAG,
      summary: 'What the spans of a part have that the rest of a search has less often',
      description:
        'At least one of the parameters of the part is required; a span is inside when it meets all that are given.',
      parameters: [
        ...CRITERIA,
        queryParameter('fromTimestamp', whole, 'Microseconds since the epoch, inclusive.'),
        queryParameter('toTimestamp', whole, 'Microseconds since the epoch, inclusive.'),
        queryParameter('fromDuration', whole, 'Microseconds, inclusive. A span without a duration counts as 0.'),
        queryParameter('toDuration', whole, 'Microseconds, inclusive.'),
        queryParameter('error', { enum: ['true', 'false'] }, 'true: only spans with an error tag are inside.'),
      ],
      answer: answer('Differences'),
      failures: [400, 500, 501],
    }),
  },
};
