import type { ClickHouseOptions, Log } from './clickhouse-options.ts';
import { ClickHouseStorage } from './clickhouse-storage.ts';
import { Connection, type Endpoint } from './connection.ts';
import { Engine } from './embedded/engine.ts';
import { Lease, newServerName } from './links/lease.ts';
import type { RetentionLimits } from './retention/retention-plan.ts';
import { migrate } from './schema/migrate.ts';
import type { Layout } from './schema/tables.ts';

export const DEFAULT_MEMORY_LIMIT_BYTES: number = 512 * 1024 * 1024;

/**
 * A storage on ClickHouse: the embedded engine, or with `url` a server. Does no I/O: the first call starts the engine or
 * connects. Throws `unsupported` when the embedded engine does not exist for this platform.
 */
export function openClickHouseStorage(options: ClickHouseOptions): ClickHouseStorage {
  return options.url === undefined ? openEmbedded(options) : openRemote(options, options.url);
}

const noLog: Log = () => {};

function openEmbedded(options: ClickHouseOptions): ClickHouseStorage {
  const dataDir = options.dataDir ?? './data';
  const log = options.log ?? noLog;
  const engine = new Engine({ dataDir, memoryLimitBytes: options.memoryLimitBytes ?? DEFAULT_MEMORY_LIMIT_BYTES, log });
  return new ClickHouseStorage({
    name: `ClickHouseStorage{embedded, dataDir=${dataDir}}`,
    connection: new Connection(() => engine.endpoint()),
    layout: { database: options.database ?? 'tracekin' },
    options,
    log,
    retention: retentionOf(options),
    engineRestarts: () => engine.restarts,
    close: () => engine.close(),
  });
}

function openRemote(options: ClickHouseOptions, url: string): ClickHouseStorage {
  const endpoint = (at: string): Endpoint => ({
    url: at,
    username: options.username ?? 'default',
    password: options.password ?? '',
    tls: options.tls && {
      ca: Buffer.from(options.tls.ca),
      ...(options.tls.cert !== undefined && { cert: Buffer.from(options.tls.cert) }),
      ...(options.tls.key !== undefined && { key: Buffer.from(options.tls.key) }),
    },
  });
  const { cluster: name, clusterReplicated: replicated = true, shardUrls = [] } = options;
  const layout: Layout = {
    database: options.database ?? 'tracekin',
    cluster: name === undefined ? undefined : { name, replicated },
  };
  const connection = new Connection(() => Promise.resolve(endpoint(url)));
  const server = newServerName();
  const onShards = async (use: (shard: Connection) => Promise<void>): Promise<void> => {
    for (const at of shardUrls) {
      const shard = new Connection(() => Promise.resolve(endpoint(at)));
      try {
        await use(shard);
      } finally {
        await shard.close();
      }
    }
  };
  return new ClickHouseStorage({
    name: `ClickHouseStorage{${new URL(url).host}${name === undefined ? '' : `, cluster=${name}`}}`,
    connection,
    layout,
    options,
    log: options.log ?? noLog,
    retention: retentionOf(options),
    shared: { server, leadership: new Lease(connection, layout, server) },
    ...(shardUrls.length > 0 && {
      prepare: signal => onShards(shard => migrate(shard, layout, signal)),
      commandEverywhere: (sql, limits) => onShards(shard => shard.command(sql, limits)),
    }),
  });
}

function retentionOf({ retentionDays, retentionBytes }: ClickHouseOptions): RetentionLimits {
  return { days: retentionDays, bytes: retentionBytes };
}
