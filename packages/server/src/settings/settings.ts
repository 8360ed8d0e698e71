/** Storage engines that this build can open. `clickhouse` is embedded, or remote when `clickhouseUrl` is set. */
export type StorageType = 'mem' | 'clickhouse' | 'elasticsearch';

/** When accepted messages are forced to disk; the spool's `SyncMode` in packages/collector. */
export type SpoolSync = 'always' | 'interval' | 'never';

/**
 * Everything that can be configured, after parsing. `setting-rows.ts` says for each property how it is spelled in the
 * environment, on the command line and in the file, and what its default is.
 */
export interface Settings {
  readonly port: number;
  readonly host: string;
  /** PEM files; both or neither. */
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  /** `*`, or origins such as `https://example.com`. */
  readonly allowedOrigins: readonly string[];
  readonly shutdownTimeoutMs: number;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly logFormat: 'auto' | 'json' | 'text';

  readonly storage: StorageType;
  readonly data: string;
  readonly strictTraceId: boolean;
  readonly searchEnabled: boolean;
  /** Sorted, unique. */
  readonly autocompleteKeys: readonly string[];
  readonly memMaxSpans: number;
  /** 0 keeps spans whatever their age; undefined leaves it to the storage. */
  readonly retentionDays: number | undefined;
  /** 0 keeps spans whatever space they take. */
  readonly retentionBytes: number;

  readonly queryEnabled: boolean;
  /** 0 waits for ever. */
  readonly queryTimeoutMs: number;
  readonly queryLookbackMs: number;
  readonly queryMaxLimit: number;
  readonly namesMaxAgeSeconds: number;
  readonly deleteEnabled: boolean;

  readonly collectorHttpEnabled: boolean;
  /** Zipkin's and OTLP's gRPC services on the main port. */
  readonly collectorGrpcEnabled: boolean;
  /** Further ports for OTLP alone; undefined: none. */
  readonly otlpGrpcPort: number | undefined;
  readonly otlpHttpPort: number | undefined;
  readonly collectorSampleRate: number;
  readonly maxMessageBytes: number;
  readonly spoolDir: string;
  readonly spoolLimitBytes: number;
  readonly spoolSync: SpoolSync;

  readonly uiEnabled: boolean;
  readonly uiBasepath: string;
  readonly uiEnvironment: string;
  readonly uiQueryLimit: number;
  readonly uiDefaultLookbackMs: number;
  readonly uiSearchEnabled: boolean;
  readonly uiLogsUrl: string | undefined;
  readonly uiSupportUrl: string | undefined;
  readonly uiArchivePostUrl: string | undefined;
  readonly uiArchiveUrl: string | undefined;
  readonly uiDependencyEnabled: boolean;
  readonly uiDependencyLowErrorRate: number;
  readonly uiDependencyHighErrorRate: number;

  readonly clickhouseUrl: string | undefined;
  readonly clickhouseUser: string;
  readonly clickhousePassword: string;
  readonly clickhouseDatabase: string;
  readonly clickhouseCluster: string | undefined;
  readonly clickhouseClusterReplicated: boolean;
  readonly clickhouseShardUrls: readonly string[];
  /** PEM files. */
  readonly clickhouseCa: string | undefined;
  readonly clickhouseCert: string | undefined;
  readonly clickhouseKey: string | undefined;
  /** Of the embedded engine. */
  readonly clickhouseMemoryBytes: number;

  readonly esHosts: readonly string[];
  readonly esIndex: string;
  readonly esDateSeparator: string;
  readonly esIndexShards: number;
  readonly esIndexReplicas: number;
  readonly esPipeline: string | undefined;
  readonly esTimeoutMs: number;
  readonly esEnsureTemplates: boolean;
  readonly esTemplatePriority: number | undefined;
  readonly esUsername: string | undefined;
  readonly esPassword: string | undefined;
  readonly esCredentialsFile: string | undefined;
  readonly esCredentialsRefreshMs: number;
  readonly esHttpLogging: 'NONE' | 'BASIC' | 'HEADERS' | 'BODY';
  readonly esSslNoVerify: boolean;
  /** PEM files. */
  readonly esSslCa: string | undefined;
  readonly esSslCert: string | undefined;
  readonly esSslKey: string | undefined;

  readonly selfTracingEnabled: boolean;
  readonly selfTracingSampleRate: number;
  readonly selfTracingTracesPerSecond: number;
  readonly selfTracingFlushIntervalMs: number;
}
