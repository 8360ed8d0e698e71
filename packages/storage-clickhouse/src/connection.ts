import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type ClickHouseClient, ClickHouseError, type ClickHouseSettings, createClient } from '@clickhouse/client';
import { TracekinError } from '@tracekin/model';
import { type Block, decodeBlocks } from './native/decode-blocks.ts';
import { SelectRequests } from './select-request.ts';

/** Where the engine listens. For the embedded one it changes when the supervisor restarts it. */
export interface Endpoint {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly tls?: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer } | undefined;
  /** For every SELECT. */
  readonly settings?: ClickHouseSettings;
}

export type SqlParameters = Readonly<Record<string, string | number | readonly string[] | readonly number[]>>;

export interface CallLimits {
  readonly signal?: AbortSignal | undefined;
  /** After this the call rejects with `timeout`; default 30 s. */
  readonly timeoutMs?: number | undefined;
  readonly settings?: ClickHouseSettings;
}

export interface Sql {
  readonly text: string;
  readonly parameters?: SqlParameters;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** Statements go into the request body; a search over many trace ids is larger than the engine's default of 256 KiB. */
const COMMON_SETTINGS: ClickHouseSettings = {
  max_query_size: '16777216',
  // `spans` and `traces` are sharded by the same key, so a subquery on the shard itself finds all it needs.
  distributed_product_mode: 'local',
};

const INSERT_SETTINGS: ClickHouseSettings = {
  // Through a Distributed table an insert otherwise ends before the shards have it.
  distributed_foreground_insert: 1,
  // The default of newer engines: collects small inserts, which ours are not, and counts tokens in another way.
  async_insert: 0,
};

/** Whoever talks to one endpoint. */
interface Clients {
  readonly endpoint: Endpoint;
  readonly client: ClickHouseClient;
  readonly selects: SelectRequests;
}

/**
 * The one way to the engine, embedded or remote: SQL out, blocks in Native format both ways, every failure a
 * `TracekinError`. Connects on first use.
 */
export class Connection {
  readonly #endpoint: () => Promise<Endpoint>;
  #clients: Clients | undefined;
  #closed = false;

  /** `endpoint` is asked before every call and may wait for the engine; it rejects with `unavailable` when it gives up. */
  constructor(endpoint: () => Promise<Endpoint>) {
    this.#endpoint = endpoint;
  }

  /** Runs a SELECT. */
  async query(sql: Sql, limits: CallLimits = {}): Promise<Block[]> {
    return decodeBlocks(
      await this.#run(limits, ({ selects, endpoint }, signal) =>
        selects.run(sql, { ...COMMON_SETTINGS, ...endpoint.settings, ...limits.settings }, signal),
      ),
    );
  }

  /** Runs a statement without an answer. */
  async command(sql: Sql, limits: CallLimits = {}): Promise<void> {
    await this.#run(limits, async ({ client }, abort_signal) => {
      await client.command({
        query: sql.text,
        query_params: { ...sql.parameters },
        clickhouse_settings: { ...INSERT_SETTINGS, ...limits.settings },
        abort_signal,
      });
    });
  }

  /** Inserts one block in Native format; resolves to the rows that the engine says it wrote: 0 when it knew the token. */
  insert(table: string, block: Buffer, limits: CallLimits = {}): Promise<number> {
    return this.#run(limits, async ({ client }, abort_signal) => {
      const { stream, summary } = await client.exec({
        query: `INSERT INTO ${table} FORMAT Native`,
        values: Readable.from([block]),
        clickhouse_settings: { ...INSERT_SETTINGS, ...limits.settings },
        abort_signal,
      });
      await buffer(stream);
      return Number(summary?.written_rows ?? 0);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#clients?.selects.close();
    await this.#clients?.client.close();
    this.#clients = undefined;
  }

  async #run<T>(limits: CallLimits, call: (clients: Clients, signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#closed) throw new TracekinError('unavailable', 'the storage is closed');
    limits.signal?.throwIfAborted();
    const timeoutMs = limits.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = limits.signal === undefined ? timeout : AbortSignal.any([limits.signal, timeout]);
    try {
      return await call(this.#clientsFor(await this.#endpoint()), signal);
    } catch (error) {
      limits.signal?.throwIfAborted();
      if (timeout.aborted)
        throw new TracekinError('timeout', `ClickHouse did not answer within ${timeoutMs} ms`, { cause: error });
      throw asTracekinError(error);
    }
  }

  #clientsFor(endpoint: Endpoint): Clients {
    const known = this.#clients;
    if (known?.endpoint.url === endpoint.url && known.endpoint.password === endpoint.password) return known;
    known?.selects.close();
    void known?.client.close();
    const { tls } = endpoint;
    const client = createClient({
      url: endpoint.url,
      username: endpoint.username,
      password: endpoint.password,
      application: 'tracekin',
      // Ours is the time limit that counts; this one only bounds a leak.
      request_timeout: 600_000,
      max_open_connections: 32,
      compression: { response: false, request: false },
      keep_alive: { enabled: true, idle_socket_ttl: 2_500 },
      log: { level: 127 },
      ...(tls?.ca === undefined
        ? {}
        : { tls: tls.cert && tls.key ? { ca_cert: tls.ca, cert: tls.cert, key: tls.key } : { ca_cert: tls.ca } }),
    });
    this.#clients = { endpoint, client, selects: new SelectRequests(endpoint) };
    return this.#clients;
  }
}

/** Engine errors by its own numeric code; see ClickHouse's ErrorCodes. */
const TIMEOUT_CODES = new Set(['159', '160']);

function asTracekinError(error: unknown): TracekinError {
  if (error instanceof TracekinError) return error;
  if (error instanceof ClickHouseError) {
    const code = TIMEOUT_CODES.has(error.code) ? 'timeout' : 'unavailable';
    return new TracekinError(code, `ClickHouse refused: ${error.message.slice(0, 500)} (${error.type ?? error.code})`, {
      cause: error,
    });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new TracekinError('unavailable', `ClickHouse does not answer: ${message}`, {
    cause: error,
    retryAfterMs: 1000,
  });
}

/** The engine's own error code, when it was the engine that refused. */
export function engineErrorCode(error: unknown): string | undefined {
  const cause = error instanceof TracekinError ? error.cause : error;
  return cause instanceof ClickHouseError ? cause.code : undefined;
}
