import type { FastifyReply } from 'fastify';

/**
 * Sends what is JSON already, as text or bytes. The content type has no charset, as Zipkin's has none; a Buffer keeps Fastify from
 * adding one.
 */
export function sendJson(reply: FastifyReply, json: string | Buffer): FastifyReply {
  return reply.header('content-type', 'application/json').send(typeof json === 'string' ? Buffer.from(json) : json);
}
