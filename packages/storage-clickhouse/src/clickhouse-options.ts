import type { StorageOptions } from '@tracekin/storage';

export type LogLevel = 'info' | 'warn' | 'error';

/** Where the storage reports what an operator should know: a sentence, and ids or figures. Never payloads. */
export type Log = (level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** PEM texts. `cert` and `key` together authenticate this client. */
export interface TlsOptions {
  readonly ca: string;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/**
 * With `url` a ClickHouse server or cluster; without, an engine of its own in `dataDir`. The two share everything but who
 * starts the engine.
 */
export interface ClickHouseOptions extends StorageOptions {
  /** E.g. `http://localhost:8123` or `https://…`. Absent: the embedded engine. */
  readonly url?: string | undefined;
  /** Default `default`. */
  readonly username?: string | undefined;
  /** Default empty. */
  readonly password?: string | undefined;
  /** Created when it is not there. Default `tracekin`. */
  readonly database?: string | undefined;
  /** Name of a cluster as the server's `remote_servers` has it: tables become Distributed, sharded by trace id. */
  readonly cluster?: string | undefined;
  /**
   * Default true: `ON CLUSTER` and ReplicatedMergeTree, which need Keeper. False: plain tables on each shard, to which
   * `shardUrls` lead.
   */
  readonly clusterReplicated?: boolean | undefined;
  /** One URL for each shard of a cluster without replication; the schema is created through each. */
  readonly shardUrls?: readonly string[] | undefined;
  /** For `https:` with a private authority or client certificates. */
  readonly tls?: TlsOptions | undefined;
  /** Where the embedded engine keeps its files. Default `./data`. */
  readonly dataDir?: string | undefined;
  /** What the embedded engine may use, in bytes. Default 512 MiB. */
  readonly memoryLimitBytes?: number | undefined;
  /** Days to keep spans after their timestamp; absent: for ever. */
  readonly retentionDays?: number | undefined;
  /** Bytes on disk to keep, whole days at a time, the oldest go first; absent: no limit. */
  readonly retentionBytes?: number | undefined;
  readonly log?: Log | undefined;
}
