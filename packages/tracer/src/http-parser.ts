import { type EndpointInput, isIp } from './endpoint.ts';
import type { RequestSampler } from './sampler/http-rules.ts';
import type { Span } from './span.ts';

/** A request as samplers and naming functions see it, the same for every server and client. */
export interface HttpRequest {
  /** Upper case as sent. */
  readonly method: string;
  /** Without query. */
  readonly path: string;
  /** As sent: a path with query, or for clients possibly a whole URL. */
  readonly url: string;
  /** `name` in lower case. */
  header(name: string): string | undefined;
}

/** A finished exchange. */
export interface HttpResponse {
  readonly method: string;
  /** Absent if none arrived or was sent. */
  readonly statusCode: number | undefined;
  /** The matched pattern (`/users/:id`); empty: the framework matched none; absent: unknown. Servers only. */
  readonly route: string | undefined;
  readonly error: unknown;
}

/** Sampling and naming of HTTP spans; see the defaults at each field. */
export interface HttpOptions {
  /** For requests that arrive without a decision. Default: defer to the tracer's sampler. */
  readonly serverSampler?: RequestSampler | undefined;
  /** For requests made outside of a trace. Default: defer to the tracer's sampler. */
  readonly clientSampler?: RequestSampler | undefined;
  /** Adds to a recorded span when its request is seen. */
  readonly onRequest?: ((request: HttpRequest, span: Span) => void) | undefined;
  /** Adds to a recorded span when its response is seen, after the defaults. */
  readonly onResponse?: ((response: HttpResponse, span: Span) => void) | undefined;
}

/**
 * The default description of HTTP spans, as Zipkin's own instrumentation has it: name `get` or `get /route/:id`
 * (`not_found` and `redirected` stand for routes that were not matched, to keep the number of names small), tags `http.method`,
 * `http.path` (without query, which may hold secrets), `http.status_code` unless 2xx, and `error` from status 400 on.
 */
export class HttpParser {
  readonly serverSampler: RequestSampler | undefined;
  readonly clientSampler: RequestSampler | undefined;
  readonly onRequest: HttpOptions['onRequest'];
  readonly #onResponse: HttpOptions['onResponse'];
  readonly #peers: ReadonlyMap<string, string>;

  constructor(options: HttpOptions = {}, peers: Readonly<Record<string, string>> = {}) {
    this.serverSampler = options.serverSampler;
    this.clientSampler = options.clientSampler;
    this.onRequest = options.onRequest;
    this.#onResponse = options.onResponse;
    this.#peers = new Map(Object.entries(peers));
  }

  /** Names and tags a span at its end. */
  response(
    span: Span,
    method: string,
    statusCode: number | undefined,
    route: string | undefined,
    error: unknown,
  ): void {
    if (route !== undefined) span.name(spanName(method, statusCode, route));
    if (statusCode !== undefined && (statusCode < 200 || statusCode > 299)) {
      const text = String(statusCode);
      span.tag('http.status_code', text);
      if (statusCode >= 400) span.tag('error', text);
    }
    if (error !== undefined && error !== null) span.error(error);
    if (this.#onResponse !== undefined) this.#onResponse({ method, statusCode, route, error }, span);
  }

  /**
   * The remote endpoint of a call to `host`. A name is taken for the service's (that is how containers and clusters name
   * them) unless `peers` says otherwise; an address or `localhost` says nothing about the service.
   */
  peer(host: string, port: number): EndpointInput {
    const known = this.#peers.get(`${host}:${port}`) ?? this.#peers.get(host);
    if (isIp(host)) return { serviceName: known, ip: host, port };
    return { serviceName: known ?? (host === 'localhost' ? undefined : host), port };
  }
}

function spanName(method: string, statusCode: number | undefined, route: string): string {
  if (route !== '') return `${method} ${route}`;
  if (statusCode === 404) return `${method} not_found`;
  if (statusCode !== undefined && statusCode >= 300 && statusCode < 400) return `${method} redirected`;
  return method;
}

/** The path of a request target: `/a?b` and `http://h/a?b` give `/a`. */
export function pathOf(url: string): string {
  let start = 0;
  if (!url.startsWith('/')) {
    const scheme = url.indexOf('://');
    if (scheme < 0) return url;
    start = url.indexOf('/', scheme + 3);
    if (start < 0) return '/';
  }
  const query = url.indexOf('?', start);
  const end = query < 0 ? url.length : query;
  return start === 0 && end === url.length ? url : url.slice(start, end);
}
