import { type ErrorCode, TracekinError } from '@tracekin/model';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Collector, OtlpOutcome } from '../collector.ts';
import type { CollectorMetrics } from '../collector-metrics.ts';
import { grpcFailure } from './grpc-status.ts';
import { encodeExportResponse } from './otlp-response.ts';
import { setRetryAfter } from './retry-after.ts';

type OtlpFormat = 'otlp-proto' | 'otlp-json';

const formats: readonly (readonly [contentType: string, format: OtlpFormat])[] = [
  ['application/x-protobuf', 'otlp-proto'],
  ['application/json', 'otlp-json'],
];

/** HTTP status by error; a client repeats 503 and gives up on the others (OTLP specification, "OTLP/HTTP Response"). */
const statuses: Partial<Record<ErrorCode, number>> = {
  'invalid-argument': 400,
  'too-large': 413,
  overloaded: 503,
  unavailable: 503,
  unsupported: 501,
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
  setRetryAfter(reply, error);
  const { code, message, status } = grpcFailure(error);
  const body = format === 'otlp-json' ? JSON.stringify({ code, message }) : status;
  return reply.code(statuses[error.code] ?? 500).send(body);
}

function encodeResponse(outcome: OtlpOutcome, format: OtlpFormat): string | Buffer {
  if (format === 'otlp-proto') return encodeExportResponse(outcome);
  const { rejectedSpans, errorMessage = '' } = outcome;
  return JSON.stringify(
    rejectedSpans === 0 ? {} : { partialSuccess: { rejectedSpans: String(rejectedSpans), errorMessage } },
  );
}
