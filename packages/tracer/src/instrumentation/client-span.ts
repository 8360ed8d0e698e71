import { type HttpRequest, pathOf } from '../http-parser.ts';
import { currentContext } from '../scope.ts';
import type { Span } from '../span.ts';
import { SUPPRESSED } from '../trace-context.ts';
import type { Tracer } from '../tracer.ts';

/** Default ports, so that `http://a` and `http://a:80` are one peer. */
const HTTP_PORT = 80;
const HTTPS_PORT = 443;

/**
 * Starts the CLIENT span of an outgoing request, or returns undefined if the request is the library's own.
 * `header` reads the request's headers, for samplers and `onRequest`.
 */
export function startHttpClientSpan(
  tracer: Tracer,
  method: string,
  origin: HttpOrigin,
  url: string,
  header: (name: string) => string | undefined,
): Span | undefined {
  const parent = currentContext();
  if (parent === SUPPRESSED) return undefined;
  const http = tracer.http;
  let decide: ReturnType<NonNullable<typeof http.clientSampler>>;
  if (parent === undefined && http.clientSampler !== undefined) {
    decide = http.clientSampler({ method, url, path: pathOf(url), header });
  }
  const span = tracer.startSpan(method, decide === undefined ? CLIENT : { kind: 'CLIENT', sampler: decide });
  if (!span.isRecording) return span;
  span.tag('http.method', method).tag('http.path', pathOf(url)).remote(http.peer(origin.host, origin.port));
  if (http.onRequest !== undefined)
    http.onRequest({ method, url, path: pathOf(url), header } satisfies HttpRequest, span);
  return span;
}

const CLIENT = { kind: 'CLIENT' } as const;

/** Host and port of a server. */
export interface HttpOrigin {
  readonly host: string;
  readonly port: number;
}

/** Reads `http://host:port`; the host without brackets. */
export function parseOrigin(origin: string): HttpOrigin {
  const secure = origin.startsWith('https:');
  const start = origin.indexOf('://') + 3;
  const bracket = origin.indexOf(']', start);
  const colon = origin.indexOf(':', bracket < 0 ? start : bracket);
  const host = origin.slice(start, colon < 0 ? undefined : colon).replace(/^\[|\]$|\/$/g, '');
  const port = colon < 0 ? Number.NaN : Number.parseInt(origin.slice(colon + 1), 10);
  return { host, port: port > 0 ? port : secure ? HTTPS_PORT : HTTP_PORT };
}
