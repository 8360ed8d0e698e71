import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { type ClickHouseSettings, parseError } from '@clickhouse/client';
import type { Endpoint, Sql, SqlParameters } from './connection.ts';

/** Errors of a connection that the other side had closed before it saw the request. */
const CLOSED = new Set(['ECONNRESET', 'EPIPE']);

/**
 * Sends SELECTs to one endpoint and resolves to the bytes of their answers. Not by `@clickhouse/client`, which sleeps for a
 * millisecond before each request and takes another one of CPU: a search is three statements in turn, and half of the time
 * of a trace by id went there.
 */
export class SelectRequests {
  readonly #url: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #agent: HttpAgent;
  readonly #send: typeof httpRequest;

  constructor(endpoint: Endpoint) {
    this.#url = new URL(endpoint.url);
    this.#headers = {
      'x-clickhouse-user': endpoint.username,
      'x-clickhouse-key': endpoint.password,
      'user-agent': 'tracekin',
    };
    // The agent heeds the time after which the engine says that it closes an idle connection.
    const options = { keepAlive: true, maxSockets: 32, timeout: 600_000 };
    if (this.#url.protocol === 'https:') {
      const { ca, cert, key } = endpoint.tls ?? {};
      this.#agent = new HttpsAgent({ ...options, ...(ca && { ca }), ...(cert && key && { cert, key }) });
      this.#send = httpsRequest;
    } else {
      this.#agent = new HttpAgent(options);
      this.#send = httpRequest;
    }
  }

  /** Rejects with a `ClickHouseError` when the engine refuses, else with what the connection says. */
  async run(sql: Sql, settings: ClickHouseSettings, signal: AbortSignal): Promise<Buffer> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(settings)) if (value !== undefined) query.set(name, String(value));
    for (const [name, value] of Object.entries(sql.parameters ?? {}))
      query.set(`param_${name}`, formatParameter(value));
    const path = `${this.#url.pathname}?${query}`;
    const body = Buffer.from(`${sql.text} FORMAT Native`);
    const { status, bytes } = await this.#post(path, body, signal, true);
    if (status !== 200) throw parseError(bytes.toString());
    return bytes;
  }

  close(): void {
    this.#agent.destroy();
  }

  #post(path: string, body: Buffer, signal: AbortSignal, again: boolean): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = this.#send(
        {
          protocol: this.#url.protocol,
          hostname: this.#url.hostname.replace(/^\[|\]$/g, ''),
          port: this.#url.port,
          path,
          method: 'POST',
          headers: { ...this.#headers, 'content-length': body.length },
          agent: this.#agent,
          signal,
        },
        response => readAnswer(response).then(resolve, reject),
      );
      sent.on('error', (error: NodeJS.ErrnoException) => {
        // A SELECT may be sent twice; a connection may go just as it is used again.
        if (again && sent.reusedSocket && CLOSED.has(error.code ?? '')) {
          this.#post(path, body, signal, false).then(resolve, reject);
        } else {
          reject(error);
        }
      });
      sent.end(body);
    });
  }
}

interface Answer {
  readonly status: number;
  readonly bytes: Buffer;
}

function readAnswer(response: IncomingMessage): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', reject);
    response.on('end', () =>
      resolve({ status: response.statusCode ?? 0, bytes: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks) }),
    );
  });
}

/** The engine reads a parameter as a field of TSV, and inside of an array as a literal. */
function formatParameter(value: SqlParameters[string]): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return value.replace(/[\t\n\r\\]/g, escaped);
  const items = value.map(item =>
    typeof item === 'number' ? String(item) : `'${item.replace(/[\t\n\r\\']/g, escaped)}'`,
  );
  return `[${items.join(',')}]`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function escaped(character: string): string {
  return ESCAPES[character] ?? `\\${character}`;
}
