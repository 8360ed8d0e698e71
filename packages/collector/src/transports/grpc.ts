import type { IncomingMessage, ServerResponse } from 'node:http';
import { TracekinError } from '@tracekin/model';
import type { Collector } from '../collector.ts';
import type { CollectorMetrics } from '../collector-metrics.ts';
import { type Log, noLog } from '../log.ts';
import type { TransportName } from '../transport-name.ts';
import { frame, readUnary, trailersFrame } from './grpc-message.ts';
import { encodeGrpcMessage, grpcFailure } from './grpc-status.ts';
import { readBody } from './http-body.ts';
import { encodeExportResponse } from './otlp-response.ts';

export interface GrpcTransportOptions {
  readonly collector: Collector;
  /** The collector's own: messages that never reach it are counted here. */
  readonly metrics: CollectorMetrics;
  /** Largest body as received. Default 10 MiB. */
  readonly maxBodyBytes?: number;
  /** Largest message after gunzip. Default 64 MiB. */
  readonly maxUnzippedBytes?: number;
  readonly log?: Log;
}

/** Answers a gRPC call; false for a request that is none, which it leaves alone. Requests and responses of node:http2 too. */
export type GrpcHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A unary method: takes the message, gives the answer's. */
interface Method {
  readonly transport: TransportName;
  take(collector: Collector, message: Buffer): Promise<Uint8Array>;
}

const EMPTY = new Uint8Array();

const ZIPKIN_REPORT = '/zipkin.proto3.SpanService/Report';
const OTLP_EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

/** By `:path`. */
const METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  [
    ZIPKIN_REPORT,
    {
      transport: 'grpc',
      async take(collector, message) {
        await collector.accept(message, 'proto3', 'grpc');
        return EMPTY;
      },
    },
  ],
  [
    OTLP_EXPORT,
    {
      transport: 'otlp-grpc',
      take: async (collector, message) =>
        encodeExportResponse(await collector.acceptOtlp(message, 'otlp-proto', 'otlp-grpc')),
    },
  ],
]);

const ACCEPTED_ENCODINGS = 'identity,gzip';

/**
 * Zipkin's `SpanService/Report` and OTLP's `TraceService/Export`, over HTTP/2 as gRPC and over either version as gRPC-Web
 * (binary; zipkin.md 1.5). OK means that the spans are kept. Failures have the status of `grpc-status.ts`.
 */
export function grpcTransport(options: GrpcTransportOptions): GrpcHandler {
  const { collector, metrics, maxBodyBytes = 10 << 20, maxUnzippedBytes = 64 << 20, log = noLog } = options;
  for (const { transport } of METHODS.values()) metrics.register(transport);

  async function call(method: Method, request: IncomingMessage): Promise<Uint8Array> {
    let message: Buffer;
    let bytes = 0;
    try {
      const body = await readBody(request, Number(request.headers['content-length'] ?? 0), maxBodyBytes);
      bytes = body.length;
      message = await readUnary(body, request.headers['grpc-encoding'] as string | undefined, maxUnzippedBytes);
    } catch (error) {
      metrics.message(method.transport, bytes);
      metrics.messageDropped(method.transport, 'malformed');
      throw error;
    }
    return method.take(collector, message);
  }

  return (request, response) => {
    const kind = kindOf(request);
    if (kind === undefined) return false;
    const method = METHODS.get(request.url ?? '');
    const work = isProto(request)
      ? method === undefined
        ? Promise.reject(new TracekinError('unsupported', `there is no method ${request.url?.slice(0, 200)}`))
        : call(method, request)
      : Promise.reject(new TracekinError('unsupported', 'messages have to be protobuf'));
    work.then(
      message => answer(response, kind, message, { 'grpc-status': '0' }),
      error => {
        const { code, message, status } = grpcFailure(error);
        if (!(error instanceof TracekinError)) log('error', 'a gRPC call failed', { cause: String(error) });
        answer(response, kind, undefined, {
          'grpc-status': String(code),
          'grpc-message': encodeGrpcMessage(message),
          'grpc-status-details-bin': status.toString('base64').replace(/=+$/, ''),
        });
        // The rest of a body that is refused unread must not fill the connection's window.
        request.resume();
      },
    );
    return true;
  };
}

type Kind = 'grpc' | 'grpc-web';

/** gRPC needs HTTP/2 for its trailers; gRPC-Web, which needs neither, comes from browsers. */
function kindOf(request: IncomingMessage): Kind | undefined {
  const type = request.headers['content-type'];
  if (type === undefined || !type.startsWith('application/grpc') || request.method !== 'POST') return undefined;
  if (type.startsWith('application/grpc-web'))
    return type.startsWith('application/grpc-web-text') ? undefined : 'grpc-web';
  return request.httpVersionMajor === 2 ? 'grpc' : undefined;
}

function isProto({ headers }: IncomingMessage): boolean {
  return /^application\/grpc(?:-web)?(?:\+proto)?\s*(?:;|$)/.test(headers['content-type']!);
}

/** Ends a call. `message` undefined: with trailers only. */
function answer(
  response: ServerResponse,
  kind: Kind,
  message: Uint8Array | undefined,
  trailers: Readonly<Record<string, string>>,
): void {
  if (response.destroyed || response.headersSent) return;
  const contentType = kind === 'grpc' ? 'application/grpc' : 'application/grpc-web+proto';
  response.setHeader('content-type', contentType);
  response.setHeader('grpc-accept-encoding', ACCEPTED_ENCODINGS);
  if (kind === 'grpc-web') {
    const body = trailersFrame(trailers);
    response.end(message === undefined ? body : Buffer.concat([frame(message), body]));
  } else if (message === undefined) {
    for (const [name, value] of Object.entries(trailers)) response.setHeader(name, value);
    response.end();
  } else {
    response.addTrailers(trailers);
    response.end(frame(message));
  }
}
