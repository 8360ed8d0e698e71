import type { FastifyReply } from 'fastify';

/**
 * Sends text that is JSON already. The content type has no charset, as Zipkin's has none; a Buffer keeps Fastify from
 * adding one.
 */
export function sendJson(reply: FastifyReply, json: string): FastifyReply {
  return reply.header('content-type', 'application/json').send(Buffer.from(json));
}
