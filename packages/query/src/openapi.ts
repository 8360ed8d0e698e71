import { ANALYSIS_PATHS, ANALYSIS_SCHEMAS } from './analysis/analysis-openapi.ts';
import { eventStream, operation, queryParameter, SEARCH_PARAMETERS, TRACE_ID_PARAMETER } from './openapi-parts.ts';
import { type JsonSchema, OPENAPI_SCHEMAS, schemaRef } from './openapi-schemas.ts';

const ZIPKIN = 'zipkin';
const EXTENDED = 'tracekin';
const serviceName = queryParameter('serviceName', { type: 'string' }, 'Local service name. Not case-sensitive.', true);

const ZIPKIN_PATHS: Readonly<Record<string, JsonSchema>> = {
  '/api/v2/services': {
    get: operation({
      id: 'getServices',
      tag: ZIPKIN,
      summary: 'Local service names',
      answer: schemaRef('Names'),
      cached: true,
      failures: [500],
    }),
  },
  '/api/v2/spans': {
    get: operation({
      id: 'getSpanNames',
      tag: ZIPKIN,
      summary: 'Span names of a service',
      parameters: [serviceName],
      answer: schemaRef('Names'),
      cached: true,
      failures: [400, 500],
    }),
  },
  '/api/v2/remoteServices': {
    get: operation({
      id: 'getRemoteServices',
      tag: ZIPKIN,
      summary: 'Names of the services that a service calls or is called by',
      parameters: [serviceName],
      answer: schemaRef('Names'),
      cached: true,
      failures: [400, 500],
    }),
  },
  '/api/v2/traces': {
    get: operation({
      id: 'findTraces',
      tag: ZIPKIN,
      summary: 'Search for traces',
      description:
        'Whole traces of which one span meets every criterion, most recent first. Spans are raw: neither merged nor corrected.',
      parameters: SEARCH_PARAMETERS,
      answer: schemaRef('ListOfTraces'),
      failures: [400, 500],
    }),
  },
  '/api/v2/trace/{traceId}': {
    get: operation({
      id: 'getTrace',
      tag: ZIPKIN,
      summary: 'The spans of a trace as they were reported',
      parameters: [TRACE_ID_PARAMETER],
      answer: schemaRef('ListOfSpans'),
      failures: [400, 404, 500],
    }),
  },
  '/api/v2/traceMany': {
    get: operation({
      id: 'getTraces',
      tag: ZIPKIN,
      summary: 'Several traces by id',
      parameters: [
        queryParameter(
          'traceIds',
          { type: 'string' },
          'Two or more trace ids separated by commas, without repetition. Unknown ones are left out.',
          true,
        ),
      ],
      answer: schemaRef('ListOfTraces'),
      failures: [400, 500],
    }),
  },
  '/api/v2/dependencies': {
    get: operation({
      id: 'getDependencies',
      tag: ZIPKIN,
      summary: 'Calls between services',
      parameters: [
        queryParameter(
          'endTs',
          { type: 'integer', format: 'int64', minimum: 1 },
          'Milliseconds since the epoch.',
          true,
        ),
        queryParameter(
          'lookback',
          { type: 'integer', format: 'int64', minimum: 1 },
          'Milliseconds before endTs; the default is query-lookback.',
        ),
      ],
      answer: schemaRef('ListOfDependencyLinks'),
      failures: [400, 500],
    }),
  },
  '/api/v2/autocompleteKeys': {
    get: operation({
      id: 'getAutocompleteKeys',
      tag: ZIPKIN,
      summary: 'Tag keys whose values are offered',
      answer: schemaRef('Names'),
      cached: true,
      failures: [],
    }),
  },
  '/api/v2/autocompleteValues': {
    get: operation({
      id: 'getAutocompleteValues',
      tag: ZIPKIN,
      summary: 'Values of one of those keys',
      parameters: [
        queryParameter(
          'key',
          { type: 'string', minLength: 1 },
          'The tag key. A key that is not offered has no values.',
          true,
        ),
      ],
      answer: schemaRef('Names'),
      cached: true,
      failures: [400, 500],
    }),
  },
};

const EXTENDED_PATHS: Readonly<Record<string, JsonSchema>> = {
  '/api/tracekin/v1/summaries': {
    get: operation({
      id: 'findSummaries',
      tag: EXTENDED,
      summary: 'Search for traces, without their spans',
      parameters: [
        ...SEARCH_PARAMETERS,
        queryParameter(
          'tagKeys',
          { type: 'string' },
          'Tag keys separated by commas, at most 8, whose values each trace is to have.',
        ),
      ],
      answer: schemaRef('TraceSummaries'),
      failures: [400, 500],
    }),
  },
  '/api/tracekin/v1/trace/{traceId}/tree': {
    get: operation({
      id: 'getTraceTree',
      tag: EXTENDED,
      summary: 'A trace merged, corrected for clock skew and in order',
      parameters: [TRACE_ID_PARAMETER],
      answer: schemaRef('TraceTree'),
      failures: [400, 404, 500],
    }),
  },
  '/api/tracekin/v1/trace/{traceId}': {
    delete: operation({
      id: 'deleteTrace',
      tag: EXTENDED,
      summary: 'Delete a trace',
      description: 'Allowed by TRACEKIN_DELETE_ENABLED=true.',
      parameters: [TRACE_ID_PARAMETER],
      answer: schemaRef('Deleted'),
      failures: [400, 403, 404, 500, 501],
    }),
  },
  '/api/tracekin/v1/stream': {
    get: eventStream({
      id: 'streamSummaries',
      tag: EXTENDED,
      summary: 'Follow a search by server-sent events',
      description:
        'Event `traces`: data is `{"traces": […]}` as of summaries, with up to 50 traces that are new or have grown; the first has those that are there. A comment comes every 15 seconds.',
      parameters: SEARCH_PARAMETERS.filter(({ name }) => name !== 'endTs' && name !== 'limit'),
      failures: [400, 503],
    }),
  },
  '/api/tracekin/v1/trace/{traceId}/stream': {
    get: eventStream({
      id: 'streamTrace',
      tag: EXTENDED,
      summary: 'Follow a trace by server-sent events',
      description: 'Event `trace`: data is `{"reportedSpanCount": n}`, at first and whenever spans were added.',
      parameters: [TRACE_ID_PARAMETER],
      failures: [400, 503],
    }),
  },
  '/api/tracekin/v1/stats': {
    get: operation({
      id: 'getStats',
      tag: EXTENDED,
      summary: 'State of the collector and the storage',
      answer: schemaRef('Stats'),
      failures: [500],
    }),
  },
  '/api/tracekin/v1/latest': {
    get: operation({
      id: 'getLatest',
      tag: EXTENDED,
      summary: 'The newest trace',
      parameters: [queryParameter('serviceName', { type: 'string' }, 'Only traces of this service.')],
      answer: schemaRef('Latest'),
      failures: [500],
    }),
  },
};

export interface OpenApiOptions {
  readonly version: string;
  /** Paths that the server adds: collector, health and so on. */
  readonly paths?: Readonly<Record<string, JsonSchema>>;
}

/** The OpenAPI 3.1 description of every endpoint. The query paths are also served below `/zipkin`. */
export function openApiDocument({ version, paths = {} }: OpenApiOptions): JsonSchema {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tracekin',
      version,
      description: "Zipkin's API as Zipkin answers it, and additions below /api/tracekin/v1.",
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [
      { url: '/', description: 'Everything.' },
      {
        url: '/zipkin',
        description: 'The query API again, where the UI asks for it; posting spans is not possible here.',
      },
    ],
    tags: [
      { name: ZIPKIN, description: 'Compatible with Zipkin.' },
      { name: EXTENDED, description: 'Additions of Tracekin.' },
      { name: 'operation', description: 'Health, metrics and configuration.' },
    ],
    paths: mergePaths(ZIPKIN_PATHS, EXTENDED_PATHS, ANALYSIS_PATHS, paths),
    components: { schemas: { ...OPENAPI_SCHEMAS, ...ANALYSIS_SCHEMAS } },
  };
}

/** One path may have its GET in one table and its POST in another. */
function mergePaths(...tables: readonly Readonly<Record<string, JsonSchema>>[]): Record<string, JsonSchema> {
  const merged: Record<string, JsonSchema> = {};
  for (const table of tables) {
    for (const [path, item] of Object.entries(table)) merged[path] = { ...merged[path], ...item };
  }
  return merged;
}
