/** A JSON Schema (draft 2020-12) as OpenAPI 3.1 embeds it. */
export type JsonSchema = { readonly [keyword: string]: unknown };

const text: JsonSchema = { type: 'string' };
const count: JsonSchema = { type: 'integer', minimum: 0 };
const positive: JsonSchema = { type: 'integer', minimum: 1 };
const traceId: JsonSchema = { type: 'string', pattern: '^([0-9a-f]{16}|[0-9a-f]{32})$' };
const spanId: JsonSchema = { type: 'string', pattern: '^[0-9a-f]{16}$' };

function object(required: readonly string[], properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', additionalProperties: false, ...(required.length > 0 && { required }), properties };
}

function listOf(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

export function schemaRef(name: keyof typeof OPENAPI_SCHEMAS): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** Everything that responses are made of. Closed: a field that is not described fails the tests. */
export const OPENAPI_SCHEMAS: {
  readonly [K in
    | 'Endpoint'
    | 'Annotation'
    | 'Span'
    | 'ListOfSpans'
    | 'ListOfTraces'
    | 'Names'
    | 'DependencyLink'
    | 'ListOfDependencyLinks'
    | 'TraceSummary'
    | 'TraceSummaries'
    | 'TreeRow'
    | 'TraceTree'
    | 'Deleted'
    | 'Stats'
    | 'Latest']: JsonSchema;
} = {
  Endpoint: {
    ...object([], {
      serviceName: text,
      ipv4: { type: 'string', format: 'ipv4' },
      ipv6: { type: 'string', format: 'ipv6' },
      port: { type: 'integer', minimum: 1, maximum: 65535 },
    }),
    description: 'The network context of a service.',
  },
  Annotation: {
    ...object(['timestamp', 'value'], {
      timestamp: { ...count, description: 'Microseconds since the epoch.' },
      value: text,
    }),
    description: 'An event with a time.',
  },
  Span: {
    ...object(['traceId', 'id'], {
      traceId,
      parentId: spanId,
      id: spanId,
      kind: { enum: ['CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'] },
      name: text,
      timestamp: { ...positive, description: 'Microseconds since the epoch.' },
      duration: { ...positive, description: 'Microseconds.' },
      localEndpoint: { $ref: '#/components/schemas/Endpoint' },
      remoteEndpoint: { $ref: '#/components/schemas/Endpoint' },
      annotations: listOf({ $ref: '#/components/schemas/Annotation' }),
      tags: { type: 'object', additionalProperties: text },
      debug: { const: true },
      shared: { const: true },
    }),
    description: 'One reported piece of an operation. Several pieces may share an id.',
  },
  ListOfSpans: listOf({ $ref: '#/components/schemas/Span' }),
  ListOfTraces: listOf({ $ref: '#/components/schemas/ListOfSpans' }),
  Names: { ...listOf(text), description: 'Sorted, unique.' },
  DependencyLink: object(['parent', 'child', 'callCount'], {
    parent: text,
    child: text,
    callCount: positive,
    errorCount: { ...positive, description: 'Absent rather than 0.' },
  }),
  ListOfDependencyLinks: listOf({ $ref: '#/components/schemas/DependencyLink' }),
  TraceSummary: {
    ...object(['traceId', 'spanCount', 'reportedSpanCount', 'errorCount', 'services', 'thumbnail'], {
      traceId,
      rootServiceName: text,
      rootSpanName: text,
      timestamp: {
        ...positive,
        description: 'Start of the earliest span, corrected for clock skew. Microseconds since the epoch.',
      },
      duration: { ...positive, description: 'From there to the latest end. Microseconds.' },
      spanCount: { ...positive, description: 'Span ids; halves of a call that share one count once.' },
      reportedSpanCount: { ...positive, description: 'Spans as they were reported.' },
      errorCount: { ...count, description: 'Span ids with an error tag.' },
      services: {
        ...listOf(
          object(['serviceName', 'spanCount', 'errorCount'], {
            serviceName: text,
            spanCount: positive,
            errorCount: count,
          }),
        ),
        description: 'Most spans first.',
      },
      thumbnail: {
        type: 'array',
        maxItems: 32,
        description:
          'Bars of a small picture: [index into services or -1, start, end, depth]; start and end in 255ths of the duration.',
        items: { type: 'array', minItems: 4, maxItems: 4, items: { type: 'integer', minimum: -1 } },
      },
      tags: {
        type: 'object',
        additionalProperties: listOf(text),
        description:
          'With tagKeys: up to three distinct values of each, the earliest span first; keys without any are left out.',
      },
    }),
    description: 'A trace without its spans.',
  },
  TraceSummaries: object(['traces'], { traces: listOf({ $ref: '#/components/schemas/TraceSummary' }) }),
  TreeRow: object(['span', 'depth', 'childCount'], {
    span: { $ref: '#/components/schemas/Span' },
    depth: { ...count, description: '0 for the root, and for spans below a root that was not reported.' },
    childCount: { ...count, description: 'Direct children, which follow below.' },
    skewMicros: {
      type: 'integer',
      description: 'What clock-skew correction added to the timestamps. Absent when nothing.',
    },
    detached: { const: true, description: 'The real parent was not reported.' },
  }),
  TraceTree: object(['traceId', 'rows'], {
    traceId,
    rows: {
      ...listOf({ $ref: '#/components/schemas/TreeRow' }),
      description: 'Pre-order: parents before children, siblings by start.',
    },
  }),
  Deleted: object(['deletedSpans'], { deletedSpans: positive }),
  Stats: object(
    ['version', 'spansReceived', 'spansDropped', 'backlogSpans', 'backlogBytes', 'backlogAgeMs', 'storage'],
    {
      version: text,
      spansReceived: { ...count, description: 'Spans decoded since the process started.' },
      spansDropped: { ...count, description: 'Spans decoded and not kept, for any reason.' },
      backlogSpans: { ...count, description: 'Spans that this process acknowledged and storage does not have yet.' },
      backlogBytes: {
        ...count,
        description:
          'Bytes of acknowledged messages, those of earlier processes included, that storage does not have yet.',
      },
      backlogAgeMs: { ...count, description: 'How long the oldest span about to be written has waited.' },
      spool: {
        ...object(['bytes', 'limitBytes'], { bytes: count, limitBytes: count }),
        description: 'Bytes on disk, and at which messages are refused. Absent where storage is memory.',
      },
      writeFailure: { ...text, description: 'Why storage did not take the last batch. Absent while it does.' },
      storage: object(['name', 'durable', 'ok'], {
        name: text,
        durable: { type: 'boolean' },
        ok: { type: 'boolean' },
        error: text,
      }),
    },
  ),
  Latest: { ...object([], { traceId, timestamp: positive }), description: 'Empty when there is no trace.' },
};
