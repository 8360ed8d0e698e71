import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GrpcHandler } from '@tracekin/collector';
import type { FastifyInstance } from 'fastify';
import type { Settings } from '../settings/settings.ts';
import { protocolsOf } from './create-app.ts';
import { createDualProtocolServer, type RequestHandler } from './dual-protocol.ts';
import { explainListenError, type ListenAddress } from './listen-error.ts';

/** Takes gRPC, and answers everything else with where it belongs. */
export const grpcOnly =
  (grpc: GrpcHandler): RequestHandler =>
  (request, response) =>
    grpc(request, response) || notHere(response, 'This port takes gRPC over HTTP/2 only.');

/** Takes what OTLP/HTTP posts, with the routes, limits and errors of `app`. */
export const tracesOnly =
  (app: FastifyInstance): RequestHandler =>
  (request, response) =>
    /^\/v1\/traces(?:\?|$)/.test(request.url ?? '')
      ? app.routing(request, response)
      : notHere(response, 'This port takes POST /v1/traces only.');

function notHere(response: ServerResponse, text: string): void {
  response.statusCode = 404;
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end(`404 Not Found: ${text}`);
}

/** A listener beside the main one. Leaves nothing open when it rejects. */
export async function listenBeside(
  handler: RequestHandler,
  settings: Settings,
  address: ListenAddress,
): Promise<Server> {
  const server = createDualProtocolServer(handler, protocolsOf(settings));
  try {
    server.listen(address.port, address.host);
    await once(server, 'listening');
    return server;
  } catch (error) {
    throw explainListenError(error as NodeJS.ErrnoException, address);
  }
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
