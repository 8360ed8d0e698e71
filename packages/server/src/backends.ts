import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { TracekinError } from '@tracekin/model';
import type { Storage, StorageOptions } from '@tracekin/storage';
import type { Logger } from 'pino';
import type { Settings, StorageType } from './settings/settings.ts';

interface Backend {
  open(settings: Settings, log: StorageLog): Promise<Storage>;
  /** For the start-up message: what it is and where the data is. */
  describe(settings: Settings): string;
}

type StorageLog = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

/** Fallback of `retention-days` where only Tracekin uses the data. */
const CLICKHOUSE_RETENTION_DAYS = 7;

/** The only file that knows backends by name. Each is loaded when it is chosen. */
const BACKENDS: { readonly [K in StorageType]: Backend } = {
  mem: {
    async open(settings) {
      const { MemoryStorage } = await import('@tracekin/storage');
      return new MemoryStorage({ ...storageOptions(settings), maxSpans: settings.memMaxSpans });
    },
    describe: settings => `memory, at most ${settings.memMaxSpans} spans, gone when the server stops`,
  },
  clickhouse: {
    async open(settings, log) {
      const { openClickHouseStorage } = await import('@tracekin/storage-clickhouse');
      const [ca, cert, key] = await readPems(settings, ['clickhouseCa', 'clickhouseCert', 'clickhouseKey']);
      return openClickHouseStorage({
        ...storageOptions(settings),
        url: settings.clickhouseUrl,
        username: settings.clickhouseUser,
        password: settings.clickhousePassword,
        database: settings.clickhouseDatabase,
        cluster: settings.clickhouseCluster,
        clusterReplicated: settings.clickhouseClusterReplicated,
        shardUrls: settings.clickhouseShardUrls,
        tls: ca === undefined ? undefined : { ca, cert, key },
        dataDir: settings.data,
        memoryLimitBytes: settings.clickhouseMemoryBytes,
        retentionDays: (settings.retentionDays ?? CLICKHOUSE_RETENTION_DAYS) || undefined,
        retentionBytes: settings.retentionBytes || undefined,
        log,
      });
    },
    describe: settings =>
      settings.clickhouseUrl === undefined
        ? `embedded ClickHouse in ${resolve(settings.data)}`
        : `ClickHouse at ${shown(settings.clickhouseUrl)}`,
  },
  elasticsearch: {
    async open(settings, log) {
      const { ElasticsearchStorage } = await import('@tracekin/storage-elasticsearch');
      const [ca, cert, key] = await readPems(settings, ['esSslCa', 'esSslCert', 'esSslKey']);
      return new ElasticsearchStorage({
        ...storageOptions(settings),
        hosts: settings.esHosts,
        username: settings.esUsername,
        password: settings.esPassword,
        credentialsFile: settings.esCredentialsFile,
        credentialsRefreshMs: settings.esCredentialsRefreshMs,
        tls: { ca, cert, key, verify: !settings.esSslNoVerify },
        index: settings.esIndex,
        dateSeparator: settings.esDateSeparator,
        indexShards: settings.esIndexShards,
        indexReplicas: settings.esIndexReplicas,
        pipeline: settings.esPipeline,
        timeoutMs: settings.esTimeoutMs,
        ensureTemplates: settings.esEnsureTemplates,
        templatePriority: settings.esTemplatePriority,
        httpLogging: settings.esHttpLogging,
        namesLookbackMs: settings.queryLookbackMs,
        retentionDays: settings.retentionDays || undefined,
        stateDir: join(settings.data, 'elasticsearch'),
        log,
      });
    },
    describe: settings => `Elasticsearch or OpenSearch at ${settings.esHosts.map(shown).join(', ')}`,
  },
};

/**
 * The storage that the settings name. It connects when it is first used.
 *
 * @throws TracekinError `unsupported` when this platform lacks it, `invalid-configuration` for an unreadable PEM file
 */
export function openStorage(settings: Settings, log: Logger): Promise<Storage> {
  return BACKENDS[settings.storage].open(settings, (level, message, fields = {}) => log[level](fields, message));
}

export function describeStorage(settings: Settings): string {
  return BACKENDS[settings.storage].describe(settings);
}

function storageOptions({ strictTraceId, searchEnabled, autocompleteKeys }: Settings): StorageOptions {
  return { strictTraceId, searchEnabled, autocompleteKeys };
}

type PemName = 'clickhouseCa' | 'clickhouseCert' | 'clickhouseKey' | 'esSslCa' | 'esSslCert' | 'esSslKey';

function readPems(settings: Settings, names: readonly PemName[]): Promise<(string | undefined)[]> {
  return Promise.all(
    names.map(async name => {
      const file = settings[name];
      if (file === undefined) return undefined;
      return readFile(file, 'utf8').catch((cause: Error) => {
        throw new TracekinError('invalid-configuration', `${name}: cannot read ${file}: ${cause.message}`, { cause });
      });
    }),
  );
}

/** Without the password that a URL may hold. */
function shown(url: string): string {
  return new URL(url).origin;
}
