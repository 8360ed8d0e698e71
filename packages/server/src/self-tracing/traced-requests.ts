import type { IncomingHttpHeaders } from 'node:http';
import type { Tracer } from '@tracekin/tracer';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RequestSpans } from './request-spans.ts';

/** Where traces may start; elsewhere only a caller's trace is continued (zipkin.md 6.2). */
const startsHere = (url: string): boolean => url.startsWith('/api') || url.startsWith('/zipkin/api');

/**
 * A SERVER span for each request, over HTTP/1.1 and HTTP/2 alike, which is current for everything that the request does. A
 * caller's B3 or W3C context is joined or continued; its decision not to sample (`b3: 0`) is respected.
 */
export function traceRequests(app: FastifyInstance, tracer: Tracer, requests: RequestSpans): void {
  app.addHook('onRequest', (request, reply, done) => {
    const extracted = tracer.extract(request.headers, header);
    const decide = extracted?.sampled === undefined && !startsHere(request.url) ? false : undefined;
    const span = tracer.startReceived(request.method, 'SERVER', extracted, decide);
    if (span.isRecording) {
      span.tag('http.method', request.method).tag('http.path', pathOf(request.url));
      span.remote({ ip: request.socket.remoteAddress, port: request.socket.remotePort });
      requests.started(span);
      // 'close' and not 'finish': it also comes when the client goes away first.
      reply.raw.once('close', () => {
        tracer.http.response(span, request.method, statusOf(reply), routeOf(request), abortion(reply));
        requests.ended(span);
        span.finish();
      });
    }
    tracer.withContext(span.context, done);
  });
}

function statusOf({ raw }: FastifyReply): number | undefined {
  return raw.headersSent ? raw.statusCode : undefined;
}

/** Empty for what no route answers, so that a scanner cannot make span names. */
function routeOf(request: FastifyRequest): string {
  const url = request.is404 ? undefined : request.routeOptions.url;
  return url === undefined || url.includes('*') ? '' : url;
}

function abortion({ raw }: FastifyReply): string | undefined {
  return raw.writableFinished || raw.writableEnded ? undefined : 'aborted';
}

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

function header(headers: IncomingHttpHeaders, name: string): string | string[] | undefined {
  return headers[name];
}
