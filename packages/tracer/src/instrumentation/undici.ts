import { B3_SPELLING } from '../propagation/b3-multi.ts';
import type { Span } from '../span.ts';
import { type HttpOrigin, parseOrigin, startHttpClientSpan } from './client-span.ts';
import type { Instrumentation } from './instrumentation.ts';
import { Subscriptions } from './subscriptions.ts';

const spanKey: unique symbol = Symbol('tracekin.client-span');

/** The part of undici's request, of the package and of Node's built-in fetch, that is used here. */
interface UndiciRequest {
  readonly method: string;
  readonly path: string;
  readonly origin: unknown;
  /** Array of names and values in turn, or a string in older versions. */
  readonly headers: unknown;
  addHeader(name: string, value: string): void;
  [spanKey]?: Span | undefined;
}

/** Origins are few and repeat with every request. */
const origins = new Map<string, HttpOrigin>();
const MAX_ORIGINS = 1_000;

/**
 * CLIENT spans of `fetch` and undici. A span ends with the response's headers: the channel for the end of the body never
 * fires when a large body is not read (instrumentation.md 6.1).
 */
export const undici: Instrumentation = {
  name: 'fetch',
  install(tracer) {
    return new Subscriptions(this.name, tracer)
      .on<{ request: UndiciRequest }>('undici:request:create', ({ request }) => {
        const origin = originOf(request.origin);
        const span = startHttpClientSpan(tracer, request.method, origin, request.path, name => headerOf(request, name));
        if (span === undefined) return;
        tracer.propagation.inject(span.context, request, addHeader);
        if (span.isRecording) request[spanKey] = span;
      })
      .on<{ request: UndiciRequest; response: { statusCode: number } }>(
        'undici:request:headers',
        ({ request, response }) => {
          const span = request[spanKey];
          if (span === undefined || response.statusCode < 200) return;
          request[spanKey] = undefined;
          tracer.http.response(span, request.method, response.statusCode, undefined, undefined);
          span.finish();
        },
      )
      .on<{ request: UndiciRequest; error: unknown }>('undici:request:error', ({ request, error }) => {
        const span = request[spanKey];
        if (span === undefined) return;
        request[spanKey] = undefined;
        tracer.http.response(span, request.method, undefined, undefined, error);
        span.finish();
      }).off;
  },
};

function originOf(origin: unknown): HttpOrigin {
  const text = String(origin ?? '');
  let parsed = origins.get(text);
  if (parsed === undefined) {
    parsed = parseOrigin(text);
    if (origins.size >= MAX_ORIGINS) origins.clear();
    origins.set(text, parsed);
  }
  return parsed;
}

function addHeader(request: UndiciRequest, name: string, value: string): void {
  request.addHeader(B3_SPELLING[name] ?? name, value);
}

function headerOf(request: UndiciRequest, name: string): string | undefined {
  const headers = request.headers;
  if (!Array.isArray(headers)) return undefined;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if (String(headers[i]).toLowerCase() === name) return String(headers[i + 1]);
  }
  return undefined;
}
