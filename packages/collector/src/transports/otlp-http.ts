import { type ErrorCode, TracekinError } from '@tracekin/model';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Collector, OtlpOutcome } from '../collector.ts';
import type { CollectorMetrics } from '../collector-metrics.ts';
import { setRetryAfter } from './retry-after.ts';

type OtlpFormat = 'otlp-proto' | 'otlp-json';

const formats: readonly (readonly [contentType: string, format: OtlpFormat])[] = [
  ['application/x-protobuf', 'otlp-proto'],
  ['application/json', 'otlp-json'],
];

/** HTTP and gRPC status by error; a client repeats 503 and gives up on the others (OTLP specification, "OTLP/HTTP Response"). */
const statuses: Partial<Record<ErrorCode, readonly [http: number, grpc: number]>> = {
  'invalid-argument': [400, 3],
  'too-large': [413, 3],
  overloaded: [503, 8],
  unavailable: [503, 14],
  unsupported: [501, 12],
};

/**
 * OTLP/HTTP: POST /v1/traces with an ExportTraceServiceRequest as protobuf or JSON. Answers in the request's encoding: an
 * ExportTraceServiceResponse, empty when everything was kept, or a `google.rpc.Status` when nothing was.
 */
export function otlpTraces(
  server: FastifyInstance,
  collector: Collector,
  metrics: CollectorMetrics,
  unzipped: (request: FastifyRequest) => Promise<Buffer>,
): void {
  metrics.register('otlp-http');
  server.post('/v1/traces', async (request, reply) => {
    const [contentType, format] = formats.find(([type]) => request.spanContentType.startsWith(type)) ?? [];
    if (contentType === undefined || format === undefined) {
      return reply
        .code(415)
        .type('text/plain')
        .send(`content-type should be ${formats.map(([type]) => type).join(' or ')}: was ${request.spanContentType}`);
    }
    reply.type(contentType);
    try {
      const outcome = await collector.acceptOtlp(await unzipped(request), format, 'otlp-http');
      return reply.code(200).send(encodeResponse(outcome, format));
    } catch (error) {
      return sendStatus(reply, error, format);
    }
  });
}

function sendStatus(reply: FastifyReply, error: unknown, format: OtlpFormat): FastifyReply {
  if (!(error instanceof TracekinError)) throw error;
  const [http, grpc] = statuses[error.code] ?? [500, 13];
  setRetryAfter(reply, error);
  const body =
    format === 'otlp-json' ? JSON.stringify({ code: grpc, message: error.message }) : encodeStatus(grpc, error.message);
  return reply.code(http).send(body);
}

/** `ExportTraceServiceResponse`: field 1 is the partial success, with the count as its field 1 and the reason as its field 2. */
function encodeResponse({ rejectedSpans, errorMessage = '' }: OtlpOutcome, format: OtlpFormat): string | Buffer {
  if (format === 'otlp-json') {
    return JSON.stringify(
      rejectedSpans === 0 ? {} : { partialSuccess: { rejectedSpans: String(rejectedSpans), errorMessage } },
    );
  }
  if (rejectedSpans === 0) return Buffer.alloc(0);
  return lengthDelimited(1, Buffer.concat([varintField(1, rejectedSpans), textField(2, errorMessage)]));
}

/** `google.rpc.Status`: field 1 is the code, field 2 the message. */
const encodeStatus = (code: number, message: string): Buffer =>
  Buffer.concat([varintField(1, code), textField(2, message)]);

const varintField = (field: number, value: number): Buffer => Buffer.from([field << 3, ...varint(value)]);

const textField = (field: number, text: string): Buffer => lengthDelimited(field, Buffer.from(text.slice(0, 1000)));

const lengthDelimited = (field: number, bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from([(field << 3) | 2, ...varint(bytes.length)]), bytes]);

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}
