import type { GrpcHandler } from '@tracekin/collector';
import { corsHeaders } from './cors.ts';

/** Adds the cross-origin headers that browsers need of gRPC-Web; such calls never reach the web server that adds them. */
export function withCors(grpc: GrpcHandler, origins: readonly string[]): GrpcHandler {
  const headersFor = corsHeaders(origins);
  return (request, response) => {
    const { origin } = request.headers;
    if (origin !== undefined && request.headers['content-type']?.startsWith('application/grpc-web')) {
      for (const [name, value] of Object.entries(headersFor(origin) ?? {})) response.setHeader(name, value);
    }
    return grpc(request, response);
  };
}
