import { TracekinError } from '@tracekin/model';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ERROR_STATUS } from './error-status.ts';

/**
 * Answers with the message as the body. The content type is literally `text/*`, as a Zipkin server sends it (zipkin.md 12);
 * since messages repeat what the caller sent, browsers are told not to guess another type.
 */
export function answerError(thrown: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): void {
  const error =
    (thrown as FastifyError).code === 'FST_ERR_HANDLER_TIMEOUT' ? new TracekinError('timeout', thrown.message) : thrown;
  const status = statusOf(error, request);
  if (status >= 500 && !reply.raw.destroyed) logFailure(error, request);
  if (error instanceof TracekinError && error.retryAfterMs !== undefined) {
    reply.header('retry-after', String(Math.max(1, Math.ceil(error.retryAfterMs / 1000))));
  }
  sendText(reply, status, 'text/*', error.message || error.name);
}

/** An expected failure is one line; anything else is a defect and comes with its stack. */
function logFailure(error: Error, request: FastifyRequest): void {
  const where = { method: request.method, route: request.routeOptions.url };
  if (error instanceof TracekinError) request.log.warn({ ...where, code: error.code }, error.message);
  else request.log.error({ ...where, err: error }, 'request failed');
}

function statusOf(error: Error, request: FastifyRequest): number {
  if (error instanceof TracekinError) {
    const row = ERROR_STATUS[error.code];
    return request.method === 'POST' ? row.ingest : row.read;
  }
  const { statusCode } = error as Partial<FastifyError>;
  return statusCode !== undefined && statusCode >= 400 ? statusCode : 500;
}

/** What Armeria answers for a path or method that nothing serves: `404 Not Found` as text. */
export function answerStatus(reply: FastifyReply, status: 404 | 405 | 414, reason: string): void {
  sendText(reply, status, 'text/plain; charset=utf-8', `${status} ${reason}`);
}

function sendText(reply: FastifyReply, status: number, type: string, text: string): void {
  const body = Buffer.from(text);
  reply
    .code(status)
    .headers({ 'content-type': type, 'content-length': body.length, 'x-content-type-options': 'nosniff' })
    .send(body);
}
