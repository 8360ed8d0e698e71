import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Endpoint } from '@tracekin/model';
import { endpoint } from '../endpoint.ts';
import { type HttpRequest, pathOf } from '../http-parser.ts';
import { enterContext, withContext } from '../scope.ts';
import type { RecordingSpan, Span } from '../span.ts';
import type { TraceContext } from '../trace-context.ts';
import type { Tracer } from '../tracer.ts';
import type { Instrumentation } from './instrumentation.ts';
import { Subscriptions } from './subscriptions.ts';

/** Symbols and not WeakMaps: a lookup for each request is what this file's cost consists of. */
const spanKey: unique symbol = Symbol('tracekin.server-span');
const routeKey: unique symbol = Symbol('tracekin.route');
const errorKey: unique symbol = Symbol('tracekin.error');
const peerKey: unique symbol = Symbol('tracekin.peer');
const contextKey: unique symbol = Symbol('tracekin.context');
const routesKey: unique symbol = Symbol('tracekin.routes');

interface TracedResponse extends ServerResponse {
  [spanKey]?: Span | undefined;
  [routeKey]?: string;
  [errorKey]?: unknown;
}

type TracedSocket = Socket & { [peerKey]?: Endpoint | undefined };

/** Express 4 publishes nothing but leaves the matched route here. */
interface RoutedRequest extends IncomingMessage {
  readonly route?: { readonly path?: unknown };
  readonly baseUrl?: unknown;
}

interface RequestStart {
  readonly request: IncomingMessage;
  readonly response: TracedResponse;
  readonly socket: TracedSocket;
}

/** Says which route answers; the last call before the response ends counts. */
export function setRoute(response: ServerResponse, route: string): void {
  (response as TracedResponse)[routeKey] = route;
}

/** Says that a framework looks for a route; the request was not found if none is set. */
export function expectRoute(response: ServerResponse): void {
  (response as TracedResponse)[routeKey] ??= '';
}

/** Says that the request failed with an error, which is recorded whatever the status is. */
export function setRequestError(response: ServerResponse, error: unknown): void {
  (response as TracedResponse)[errorKey] = error;
}

/** Says that a framework routes the server's requests: one without a route was not found. */
export function expectRoutes(server: object): void {
  (server as { [routesKey]?: true })[routesKey] = true;
}

/** SERVER spans of node:http and node:https, whatever framework is on top. */
export const nodeHttpServer: Instrumentation = {
  name: 'http-server',
  install(tracer) {
    const subscriptions = new Subscriptions(this.name, tracer);
    const onClose = closeListener(tracer, subscriptions);
    return subscriptions.on<RequestStart>('http.server.request.start', message => {
      const { request, response, socket } = message;
      const extracted = tracer.propagation.extract(request.headers, getHeader);
      const sampler = tracer.http.serverSampler;
      const decide = sampler !== undefined && extracted?.sampled === undefined ? sampler(view(request)) : undefined;
      const method = request.method ?? 'GET';
      const span = tracer.startReceived(method, 'SERVER', extracted, decide);
      // Entering here, in a plain subscriber, gives every handler, listener and timer of the request this context, and
      // nothing else (measured on Node 20 to 26, instrumentation.md 6.1).
      enterContext(span.context);
      if (hasBody(request)) keepContext(request, span.context);
      if (!span.isRecording) return;
      const data = (span as RecordingSpan).data!;
      // Read now: express rewrites `url` under a mount.
      data.tags = { ...data.tags, 'http.method': method, 'http.path': pathOf(request.url ?? '/') };
      data.remoteEndpoint = peerOf(socket);
      if (tracer.http.onRequest !== undefined) tracer.http.onRequest(view(request), span);
      response[spanKey] = span;
      // 'close' and not 'finish': it also comes when the client goes away before the response is written.
      response.on('close', onClose);
    }).off;
  },
};

/** One listener for all responses, as a closure for each would cost more than the span. */
function closeListener(tracer: Tracer, subscriptions: Subscriptions): (this: ServerResponse) => void {
  return function (this: TracedResponse) {
    const span = this[spanKey];
    if (span === undefined) return;
    this[spanKey] = undefined;
    try {
      const request = this.req as RoutedRequest;
      const error = this[errorKey] ?? (this.writableFinished ? undefined : 'aborted');
      tracer.http.response(
        span,
        request.method ?? 'GET',
        this.headersSent ? this.statusCode : undefined,
        routeOf(this, request),
        error,
      );
    } catch (error) {
      subscriptions.off();
      tracer.warn('instrumentation http-server failed and is switched off', error);
    }
    span.finish();
  };
}

function routeOf(response: TracedResponse, request: RoutedRequest): string | undefined {
  const route = response[routeKey];
  if (route !== undefined) return route;
  const path = request.route?.path;
  if (typeof path !== 'string') {
    const server = (request.socket as { server?: { [routesKey]?: true } } | null)?.server;
    return server?.[routesKey] === true ? '' : undefined;
  }
  return typeof request.baseUrl === 'string' ? request.baseUrl + path : path;
}

function hasBody(request: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  return encoding !== undefined || (length !== undefined && length !== '0');
}

/**
 * Parts of a body that arrive later are read in the context of the connection, from Node 24 on, so the request's listeners
 * would have none. One function for all requests, and none for those without a body.
 */
function keepContext(request: IncomingMessage & { [contextKey]?: TraceContext }, context: TraceContext): void {
  request[contextKey] = context;
  request.emit = emitInContext;
}

function emitInContext(
  this: IncomingMessage & { [contextKey]?: TraceContext },
  event: string | symbol,
  ...args: unknown[]
): boolean {
  return withContext(this[contextKey], () => EventEmitter.prototype.emit.call(this, event, ...args));
}

function peerOf(socket: TracedSocket): Endpoint | undefined {
  // Asked of the system once a connection.
  if (!(peerKey in socket)) socket[peerKey] = endpoint({ ip: socket.remoteAddress, port: socket.remotePort });
  return socket[peerKey];
}

function getHeader(headers: IncomingMessage['headers'], name: string): string | string[] | undefined {
  return headers[name];
}

function view(request: IncomingMessage): HttpRequest {
  const url = request.url ?? '/';
  return {
    method: request.method ?? 'GET',
    url,
    path: pathOf(url),
    header: name => {
      const value = request.headers[name];
      return typeof value === 'string' || value === undefined ? value : value[0];
    },
  };
}
