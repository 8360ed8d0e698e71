import { Client, errors } from '@opensearch-project/opensearch';
import { TracekinError } from '@tracekin/model';
import { AnswerParser } from './answer-parser.ts';
import { Credentials } from './credentials.ts';
import type { ElasticsearchOptions } from './options.ts';

/** Of a request's body. */
const loggedCharacters = 4096;

/** One HTTP request to the search server. */
export interface ClusterRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** An object is sent as JSON; a string or a buffer is newline-delimited JSON. */
  readonly body?: object | string | Buffer | undefined;
  readonly signal?: AbortSignal | undefined;
}

type Headers = Readonly<Record<string, unknown>>;

/** What answered: `body` is parsed JSON. */
export interface ClusterAnswer<T> {
  readonly status: number;
  readonly body: T;
}

/**
 * The search servers behind one address: spreads requests over the hosts, retries another host when one is gone, and turns every
 * failure into a `TracekinError`: `unavailable` for no answer, overload (429) or a server error, `timeout`, `invalid-argument` for a request
 * that the server refuses. Constructing does no I/O.
 */
export class Cluster {
  readonly #client: Client;
  readonly #credentials: Credentials;
  readonly #options: ElasticsearchOptions;
  readonly #ending = new AbortController();
  #closed = false;

  constructor(options: ElasticsearchOptions) {
    this.#options = options;
    this.#credentials = new Credentials(options);
    const { ca, cert, key, verify } = options.tls;
    this.#client = new Client({
      nodes: [...options.hosts],
      requestTimeout: options.timeoutMs,
      maxRetries: Math.max(2, options.hosts.length),
      nodeSelector: 'round-robin',
      Serializer: AnswerParser,
      // A tag may be called __proto__; JSON.parse makes it an own property, which nothing here copies by assignment.
      disablePrototypePoisoningProtection: true,
      ssl: {
        rejectUnauthorized: verify,
        ...(ca === undefined ? {} : { ca }),
        ...(cert === undefined ? {} : { cert }),
        ...(key === undefined ? {} : { key }),
      },
    });
  }

  /** Sends a request. A 404 is an answer, every other status of 400 and above rejects. */
  async request<T>(request: ClusterRequest): Promise<ClusterAnswer<T>> {
    if (this.#closed) throw new TracekinError('unavailable', 'The Elasticsearch storage is closed');
    const { method, path, query, body } = request;
    const signal =
      request.signal === undefined ? this.#ending.signal : AbortSignal.any([request.signal, this.#ending.signal]);
    const authorization = await this.#credentials.header();
    signal.throwIfAborted();
    const started = performance.now();
    const sending = this.#client.transport.request(
      {
        method,
        path,
        ...(query === undefined ? {} : { querystring: query as Record<string, string> }),
        ...(typeof body === 'string' || Buffer.isBuffer(body)
          ? { bulkBody: body as string }
          : body === undefined
            ? {}
            : { body: body as Record<string, unknown> }),
      },
      {
        ignore: [404],
        // Writing is repeated by the caller, later: a cluster that is too slow must not get the same work twice at once.
        ...(path === '/_bulk' && { maxRetries: this.#options.hosts.length - 1 }),
        ...(authorization === undefined ? {} : { headers: { authorization } }),
      },
    );
    const abort = (): void => {
      (sending as unknown as { abort(): void }).abort();
    };
    signal.addEventListener('abort', abort, { once: true });
    try {
      const answer = await sending;
      this.#logRequest(request, answer.statusCode ?? 0, started, answer.headers);
      return { status: answer.statusCode ?? 200, body: answer.body as T };
    } catch (error) {
      signal.throwIfAborted();
      const { statusCode = 0, headers } = error as { statusCode?: number; headers?: Headers };
      this.#logRequest(request, statusCode, started, headers);
      throw failure(error, request);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** Ends requests under way and those to come: they reject with `unavailable`. */
  abort(): void {
    this.#ending.abort(new TracekinError('unavailable', 'The Elasticsearch storage is closing'));
  }

  /** Repeatable. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#client.close();
  }

  #logRequest({ method, path, body }: ClusterRequest, status: number, started: number, headers?: Headers | null): void {
    const level = this.#options.httpLogging;
    if (level === 'NONE') return;
    const fields: Record<string, unknown> = { method, path, status, ms: Math.round(performance.now() - started) };
    // Those of the answer: of ours only the credentials differ from request to request.
    if (level !== 'BASIC') fields['headers'] = Object.fromEntries(Object.entries(headers ?? {}).filter(isNoSecret));
    if (level === 'BODY') fields['body'] = bodyText(body).slice(0, loggedCharacters);
    this.#options.log('info', 'Elasticsearch request', fields);
  }
}

function isNoSecret([name]: readonly [string, unknown]): boolean {
  return !/^(set-)?cookie|auth/i.test(name);
}

function bodyText(body: ClusterRequest['body']): string {
  if (Buffer.isBuffer(body)) return body.toString('utf8', 0, loggedCharacters);
  return typeof body === 'string' ? body : JSON.stringify(body ?? null);
}

/** The reason that a search server gives in its error body, or the driver's own message. */
function reasonOf(error: { message: string; body?: unknown }): string {
  const reported = (error.body as { error?: { reason?: string; root_cause?: { reason?: string }[] } } | undefined)
    ?.error;
  return reported?.root_cause?.[0]?.reason ?? reported?.reason ?? error.message;
}

/** The HTTP status that a failure of `Cluster.request` came with; undefined when nobody answered. */
export function statusOf(error: unknown): number | undefined {
  const cause = (error as { cause?: unknown }).cause;
  return cause instanceof errors.ResponseError ? cause.statusCode : undefined;
}

function failure(error: unknown, { method, path }: ClusterRequest): TracekinError {
  const where = `${method} ${path}`;
  if (error instanceof errors.TimeoutError) {
    return new TracekinError('timeout', `Elasticsearch did not answer ${where} in time (ES_TIMEOUT)`, { cause: error });
  }
  if (error instanceof errors.ResponseError) {
    const status = error.statusCode ?? 0;
    const text = `Elasticsearch answered ${status} to ${where}: ${reasonOf(error)}`;
    if (status === 401 || status === 403) {
      return new TracekinError('unavailable', `${text}. Check ES_USERNAME and ES_PASSWORD, or ES_CREDENTIALS_FILE`, {
        cause: error,
      });
    }
    if (status === 429 || status >= 500)
      return new TracekinError('unavailable', text, { cause: error, retryAfterMs: 1000 });
    if (status === 413) return new TracekinError('too-large', text, { cause: error });
    return new TracekinError('invalid-argument', text, { cause: error });
  }
  return new TracekinError('unavailable', `Elasticsearch does not answer ${where}: ${(error as Error).message}`, {
    cause: error,
    retryAfterMs: 1000,
  });
}
