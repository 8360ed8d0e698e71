import type { Format } from '@tracekin/codec';
import { type ErrorCode, TracekinError } from '@tracekin/model';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Collector } from '../collector.ts';
import type { CollectorMetrics } from '../collector-metrics.ts';
import { setRetryAfter } from './retry-after.ts';

const formats: readonly (readonly [contentType: string, format: Format])[] = [
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
 * empty ExportTraceServiceResponse when everything was kept, a `google.rpc.Status` when nothing was.
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
      await collector.accept(await unzipped(request), format, 'otlp-http');
    } catch (error) {
      return sendStatus(reply, error, format);
    }
    return reply.code(200).send(format === 'otlp-json' ? '{}' : Buffer.alloc(0));
  });
}

function sendStatus(reply: FastifyReply, error: unknown, format: Format): FastifyReply {
  if (!(error instanceof TracekinError)) throw error;
  const [http, grpc] = statuses[error.code] ?? [500, 13];
  setRetryAfter(reply, error);
  const body =
    format === 'otlp-json' ? JSON.stringify({ code: grpc, message: error.message }) : encodeStatus(grpc, error.message);
  return reply.code(http).send(body);
}

/** `google.rpc.Status`: field 1 the code as varint (all of ours are below 128), field 2 the message. */
export function encodeStatus(code: number, message: string): Buffer {
  const text = Buffer.from(message.slice(0, 1000));
  const length = text.length < 128 ? [text.length] : [(text.length & 0x7f) | 0x80, text.length >> 7];
  return Buffer.concat([Buffer.from([0x08, code, 0x12, ...length]), text]);
}
