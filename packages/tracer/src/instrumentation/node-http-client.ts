import type { ClientRequest, IncomingMessage } from 'node:http';
import { B3_SPELLING } from '../propagation/b3-multi.ts';
import type { Span } from '../span.ts';
import type { Tracer } from '../tracer.ts';
import { startHttpClientSpan } from './client-span.ts';
import type { Instrumentation } from './instrumentation.ts';
import { patchHttpRequest } from './node20-http-request.ts';
import { Subscriptions } from './subscriptions.ts';

const spanKey: unique symbol = Symbol('tracekin.client-span');

interface TracedRequest extends ClientRequest {
  [spanKey]?: Span | undefined;
}

const CREATED = 'http.client.request.created';
/** The first Node that publishes `http.client.request.created`, while headers can still be written. */
const CREATED_SINCE_NODE = 22;

/**
 * CLIENT spans of node:http and node:https and of everything on top (axios, got, superagent, …). A span ends when the
 * response's headers are there: whether and when the body is read is the application's business.
 */
export const nodeHttpClient: Instrumentation = {
  name: 'http-client',
  install(tracer) {
    const subscriptions = new Subscriptions(this.name, tracer);
    const onClose = closeListener(tracer);
    const onCreated = ({ request }: { request: ClientRequest }): void => begin(tracer, request, onClose);
    if (Number.parseInt(process.versions.node, 10) >= CREATED_SINCE_NODE) subscriptions.on(CREATED, onCreated);
    else patchHttpRequest(subscriptions.on(CREATED, onCreated), CREATED);
    return subscriptions
      .on<{ request: TracedRequest; response: IncomingMessage }>(
        'http.client.response.finish',
        ({ request, response }) => {
          end(tracer, request, response.statusCode, undefined);
        },
      )
      .on<{ request: TracedRequest; error: unknown }>('http.client.request.error', ({ request, error }) => {
        end(tracer, request, undefined, error);
      }).off;
  },
};

function begin(tracer: Tracer, request: TracedRequest, onClose: (this: TracedRequest) => void): void {
  const { host, port } = target(request);
  const span = startHttpClientSpan(tracer, request.method, { host, port }, request.path, name =>
    headerOf(request, name),
  );
  if (span === undefined) return;
  // Headers given as an array, or `Expect: 100-continue`, are serialised by the constructor: too late to add any.
  if (!request.headersSent) tracer.propagation.inject(span.context, request, setHeader);
  if (!span.isRecording) return;
  request[spanKey] = span;
  request.on('close', onClose);
}

function end(tracer: Tracer, request: TracedRequest, statusCode: number | undefined, error: unknown): void {
  const span = request[spanKey];
  if (span === undefined) return;
  request[spanKey] = undefined;
  tracer.http.response(span, request.method, statusCode, undefined, error);
  span.finish();
}

/** For requests that end without a response and without an error, e.g. destroyed by their owner. */
function closeListener(tracer: Tracer): (this: TracedRequest) => void {
  return function () {
    if (this[spanKey] !== undefined) end(tracer, this, undefined, 'aborted');
  };
}

function target(request: ClientRequest): { host: string; port: number } {
  const secure = request.protocol === 'https:';
  const given = request.getHeader('host');
  const port = (request as { port?: unknown }).port;
  const fromHeader = typeof given === 'string' ? /:(\d+)$/.exec(given)?.[1] : undefined;
  const fallback = secure ? 443 : 80;
  return { host: request.host || 'localhost', port: Number(port ?? fromHeader ?? fallback) || fallback };
}

function headerOf(request: ClientRequest, name: string): string | undefined {
  const value = request.getHeader(name);
  return value === undefined ? undefined : String(value);
}

function setHeader(request: ClientRequest, name: string, value: string): void {
  request.setHeader(B3_SPELLING[name] ?? name, value);
}
