import type { StorageOptions } from '@tracekin/storage';

/** TLS towards the search servers. Paths of PEM files are read by the composition root; these are their contents. */
export interface TlsOptions {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** False accepts any certificate. Zipkin's ES_SSL_NO_VERIFY turned round. */
  readonly verify: boolean;
}

/** How much of each request to the search server is logged. Zipkin's ES_HTTP_LOGGING; credentials never are. */
export type HttpLogging = 'NONE' | 'BASIC' | 'HEADERS' | 'BODY';

/** One line for the operator. `fields` hold ids and counts, never span content. */
export type Log = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

/** Settings of the Elasticsearch and OpenSearch storage; names in brackets are Zipkin's environment variables. */
export interface ElasticsearchOptions extends StorageOptions {
  /** Base URLs, tried in turn [ES_HOSTS]. */
  readonly hosts: readonly string[];
  /** Basic authentication [ES_USERNAME, ES_PASSWORD]. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /**
   * A properties file with `zipkin.storage.elasticsearch.username` and `.password`, read again every
   * `credentialsRefreshMs` [ES_CREDENTIALS_FILE, ES_CREDENTIALS_REFRESH_INTERVAL]. Wins over username and password.
   */
  readonly credentialsFile?: string | undefined;
  /** Milliseconds. */
  readonly credentialsRefreshMs: number;
  readonly tls: TlsOptions;
  /** Prefix of every index [ES_INDEX]. */
  readonly index: string;
  /** Between year, month and day of an index name; one character or empty [ES_DATE_SEPARATOR]. */
  readonly dateSeparator: string;
  /** Primary shards of an index [ES_INDEX_SHARDS]. */
  readonly indexShards: number;
  /** Copies of each shard [ES_INDEX_REPLICAS]. */
  readonly indexReplicas: number;
  /** Ingest pipeline for spans [ES_PIPELINE]. */
  readonly pipeline?: string | undefined;
  /** Of one request, in milliseconds [ES_TIMEOUT]. */
  readonly timeoutMs: number;
  /** Whether index templates are written at the first use [ES_ENSURE_TEMPLATES]. */
  readonly ensureTemplates: boolean;
  /** Set: composable templates of this priority instead of legacy ones [ES_TEMPLATE_PRIORITY]. */
  readonly templatePriority?: number | undefined;
  readonly httpLogging: HttpLogging;
  /** How far back names and autocomplete values are looked for, in milliseconds [QUERY_LOOKBACK]. */
  readonly namesLookbackMs: number;
  /** Days after which whole indices are dropped; absent keeps all. */
  readonly retentionDays?: number | undefined;
  /** Holds what must survive a crash of this process: ids of traces whose links are not written yet, refused documents. */
  readonly stateDir: string;
  readonly log: Log;
}

/** Zipkin's defaults (zipkin.md 3.2) where a caller has nothing to say; `stateDir` has no sensible default. */
export const defaultElasticsearchOptions: Omit<ElasticsearchOptions, 'stateDir'> = {
  strictTraceId: true,
  searchEnabled: true,
  autocompleteKeys: [],
  hosts: ['http://localhost:9200'],
  credentialsRefreshMs: 5000,
  tls: { verify: true },
  index: 'zipkin',
  dateSeparator: '-',
  indexShards: 5,
  indexReplicas: 1,
  timeoutMs: 10_000,
  ensureTemplates: true,
  httpLogging: 'NONE',
  namesLookbackMs: 86_400_000,
  log: () => {},
};
