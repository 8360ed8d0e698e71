type JsonSchema = { readonly [keyword: string]: unknown };

const TAG = 'operation';
const textAnswer = (description: string): JsonSchema => ({
  description,
  content: { 'text/*': { schema: { type: 'string' } } },
});

function get(id: string, summary: string, type: string, schema: JsonSchema, more: JsonSchema = {}): JsonSchema {
  return {
    get: {
      operationId: id,
      tags: [TAG],
      summary,
      responses: { 200: { description: 'The answer.', content: { [type]: { schema } } }, ...more },
    },
  };
}

/** A POST of spans: the same answers in every encoding. */
function post(id: string, summary: string, types: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return {
    post: {
      operationId: id,
      tags: ['zipkin'],
      summary,
      description: 'Content-Encoding gzip is accepted. An unknown or missing content type means JSON.',
      requestBody: { content: Object.fromEntries(Object.entries(types).map(([type, schema]) => [type, { schema }])) },
      responses: {
        202: { description: 'Every span is kept. No body.' },
        400: textAnswer('The body cannot be read; the answer says why. No span of it is kept.'),
        413: textAnswer('The body is larger than max-message-bytes.'),
        503: {
          ...textAnswer('The spool is full or cannot be written. No span is kept.'),
          headers: { 'retry-after': { schema: { type: 'integer' }, description: 'Seconds.' } },
        },
      },
    },
  };
}

const binary: JsonSchema = { type: 'string', contentMediaType: 'application/octet-stream' };
/** `google.rpc.Status`. */
const otlpStatus = (description: string): JsonSchema => ({
  description,
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['code', 'message'],
        properties: { code: { type: 'integer' }, message: { type: 'string' } },
      },
    },
    'application/x-protobuf': { schema: binary },
  },
});

const status: JsonSchema = { enum: ['UP', 'DOWN'] };

const HEALTH: JsonSchema = {
  type: 'object',
  required: ['status', 'zipkin'],
  properties: {
    status,
    zipkin: {
      type: 'object',
      required: ['status', 'details'],
      properties: {
        status,
        details: {
          type: 'object',
          description: 'One entry for each component.',
          additionalProperties: {
            type: 'object',
            required: ['status'],
            properties: { status, details: { type: 'object', properties: { error: { type: 'string' } } } },
          },
        },
      },
    },
  },
};

const nullableText: JsonSchema = { type: ['string', 'null'] };
const flag: JsonSchema = { type: 'boolean' };

const UI_CONFIG: JsonSchema = {
  type: 'object',
  required: [
    'environment',
    'queryLimit',
    'defaultLookback',
    'searchEnabled',
    'logsUrl',
    'supportUrl',
    'archivePostUrl',
    'archiveUrl',
    'dependency',
    'capabilities',
  ],
  properties: {
    environment: { type: 'string' },
    queryLimit: { type: 'integer', minimum: 1 },
    defaultLookback: { type: 'integer', description: 'Milliseconds.' },
    searchEnabled: flag,
    logsUrl: nullableText,
    supportUrl: nullableText,
    archivePostUrl: nullableText,
    archiveUrl: nullableText,
    dependency: {
      type: 'object',
      required: ['enabled', 'lowErrorRate', 'highErrorRate'],
      properties: { enabled: flag, lowErrorRate: { type: 'number' }, highErrorRate: { type: 'number' } },
    },
    capabilities: {
      type: 'object',
      additionalProperties: flag,
      description: "What the UI may use beyond Zipkin's API.",
    },
  },
};

/** Paths that the server adds to the query API's. */
export const SERVER_PATHS: Readonly<Record<string, JsonSchema>> = {
  '/api/v2/spans': post('postSpans', 'Send spans', {
    'application/json': { $ref: '#/components/schemas/ListOfSpans' },
    'application/x-protobuf': binary,
  }),
  '/api/v1/spans': post('postSpansV1', 'Send spans in the format of Zipkin 1', {
    'application/json': { type: 'array', items: { type: 'object' } },
    'application/x-thrift': binary,
  }),
  '/v1/traces': {
    post: {
      operationId: 'postOtlpTraces',
      tags: [TAG],
      summary: 'Send spans by OTLP/HTTP',
      description: 'Answers in the encoding of the request. Content-Encoding gzip is accepted.',
      requestBody: {
        content: { 'application/json': { schema: { type: 'object' } }, 'application/x-protobuf': { schema: binary } },
      },
      responses: {
        200: {
          description: 'Every span is kept.',
          content: {
            'application/json': { schema: { type: 'object', maxProperties: 0 } },
            'application/x-protobuf': { schema: binary },
          },
        },
        400: otlpStatus('The body cannot be read.'),
        413: otlpStatus('The body is larger than max-message-bytes.'),
        415: { description: 'Neither JSON nor protobuf.', content: { 'text/plain': { schema: { type: 'string' } } } },
        503: otlpStatus('The spool is full or cannot be written; retry-after says when to send again.'),
      },
    },
  },
  '/health': get('getHealth', 'Whether the server can work', 'application/json', HEALTH, {
    503: { description: 'A component is down.', content: { 'application/json': { schema: HEALTH } } },
  }),
  '/info': get('getInfo', 'Version', 'application/json', {
    type: 'object',
    required: ['zipkin'],
    properties: {
      zipkin: {
        type: 'object',
        required: ['version', 'commit'],
        properties: { version: { type: 'string' }, commit: { type: 'string' } },
      },
    },
  }),
  '/metrics': get('getMetrics', 'Counters of the collectors, flat', 'application/json', {
    type: 'object',
    additionalProperties: { type: 'number' },
  }),
  '/prometheus': get('getPrometheus', 'All metrics in Prometheus text format 0.0.4', 'text/plain', { type: 'string' }),
  '/zipkin/config.json': get('getUiConfig', 'Configuration of the UI', 'application/json', UI_CONFIG, {
    304: { description: 'Not changed since If-None-Match.' },
  }),
};
