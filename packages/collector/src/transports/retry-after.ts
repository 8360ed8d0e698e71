import { TracekinError } from '@tracekin/model';
import type { FastifyReply } from 'fastify';

/** Tells a sender when to try again, in whole seconds rounded up: 0 would ask for an immediate repetition. */
export function setRetryAfter(reply: FastifyReply, error: unknown): void {
  if (error instanceof TracekinError && error.retryAfterMs !== undefined) {
    reply.header('retry-after', String(Math.max(1, Math.ceil(error.retryAfterMs / 1000))));
  }
}
