import type { JsonSchema } from './openapi-schemas.ts';

export type Parameter = { readonly [field: string]: unknown };

export function queryParameter(
  name: string,
  schema: JsonSchema,
  description: string,
  required: boolean = false,
): Parameter {
  return { name, in: 'query', schema, description, ...(required && { required }) };
}

export const TRACE_ID_PARAMETER: Parameter = {
  name: 'traceId',
  in: 'path',
  required: true,
  description: '1 to 32 lower-hex characters; shorter ids are padded with zeros. White space around it is ignored.',
  schema: { type: 'string' },
};

/** What may go wrong on every read. */
export type Failure = 400 | 403 | 404 | 500 | 501 | 503;

const FAILURES: Readonly<Record<Failure, string>> = {
  400: 'A parameter breaks a rule; the body says which.',
  403: 'Switched off on this server.',
  404: 'Not found.',
  500: 'Storage failed or did not answer in time.',
  501: 'The storage cannot do this.',
  503: 'As many clients follow as are allowed; retry-after says when to try again.',
};

export interface Operation {
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly answer: JsonSchema;
  readonly answerDescription?: string;
  readonly cached?: true;
  readonly failures: readonly Failure[];
}

/** An OpenAPI operation that answers JSON, with error bodies in plain text. */
export function operation(row: Operation): JsonSchema {
  const ok = {
    description: row.answerDescription ?? 'The answer.',
    ...(row.cached && {
      headers: {
        'cache-control': { schema: { type: 'string' }, description: 'Present when the list is worth caching.' },
      },
    }),
    content: { 'application/json': { schema: row.answer } },
  };
  const failures = Object.fromEntries(
    row.failures.map(status => [
      status,
      { description: FAILURES[status], content: { 'text/*': { schema: { type: 'string' } } } },
    ]),
  );
  return {
    operationId: row.id,
    tags: [row.tag],
    summary: row.summary,
    ...(row.description !== undefined && { description: row.description }),
    ...(row.parameters !== undefined && { parameters: row.parameters }),
    responses: { 200: ok, ...failures },
  };
}

/** An OpenAPI operation that answers with server-sent events. */
export function eventStream(row: Omit<Operation, 'answer' | 'cached'>): JsonSchema {
  const described = operation({ ...row, answer: {} });
  const responses = described['responses'] as JsonSchema;
  const ok = { description: 'Events, until either side closes.', content: { 'text/event-stream': { schema: text } } };
  return { ...described, responses: { ...responses, 200: ok } };
}

const whole: JsonSchema = { type: 'integer', format: 'int64' };
const text: JsonSchema = { type: 'string' };

/** Parameters of `/traces` and `/summaries`. One span has to meet all criteria. */
export const SEARCH_PARAMETERS: readonly Parameter[] = [
  queryParameter('serviceName', text, 'Local service name. Not case-sensitive.'),
  queryParameter('spanName', text, 'Span name. Not case-sensitive; all means any.'),
  queryParameter('remoteServiceName', text, 'Remote service name. Not case-sensitive.'),
  queryParameter(
    'annotationQuery',
    text,
    'Terms joined by " and ": key=value for a tag, a bare word for an annotation or a tag key.',
  ),
  queryParameter('minDuration', { ...whole, minimum: 1 }, 'Microseconds, inclusive.'),
  queryParameter('maxDuration', { ...whole, minimum: 1 }, 'Microseconds, inclusive. Only with minDuration.'),
  queryParameter('endTs', { ...whole, minimum: 1 }, 'Milliseconds since the epoch; the default is now.'),
  queryParameter('lookback', { ...whole, minimum: 1 }, 'Milliseconds before endTs; the default is query-lookback.'),
  queryParameter(
    'limit',
    { type: 'integer', format: 'int32', minimum: 1, default: 10 },
    'How many traces at most, up to query-max-limit.',
  ),
];
