import type { SettingRows } from '../setting-row.ts';
import { anyText, bytes, flag, httpUrl, httpUrls, text } from '../value-kinds.ts';

export const CLICKHOUSE_ROWS: Pick<
  SettingRows,
  | 'clickhouseUrl'
  | 'clickhouseUser'
  | 'clickhousePassword'
  | 'clickhouseDatabase'
  | 'clickhouseCluster'
  | 'clickhouseClusterReplicated'
  | 'clickhouseShardUrls'
  | 'clickhouseCa'
  | 'clickhouseCert'
  | 'clickhouseKey'
  | 'clickhouseMemoryBytes'
> = {
  clickhouseUrl: {
    key: 'clickhouse-url',
    env: ['CLICKHOUSE_URL'],
    kind: httpUrl,
    default: undefined,
    text: 'HTTP interface of a ClickHouse server. Unset runs the embedded engine.',
  },
  clickhouseUser: {
    key: 'clickhouse-user',
    env: ['CLICKHOUSE_USER'],
    kind: text,
    default: 'default',
    text: 'User on that server.',
  },
  clickhousePassword: {
    key: 'clickhouse-password',
    env: ['CLICKHOUSE_PASSWORD'],
    kind: anyText,
    default: '',
    text: 'Password of the user.',
    secret: true,
  },
  clickhouseDatabase: {
    key: 'clickhouse-database',
    env: ['CLICKHOUSE_DATABASE'],
    kind: text,
    default: 'tracekin',
    text: 'Database that holds the tables; made when missing.',
  },
  clickhouseCluster: {
    key: 'clickhouse-cluster',
    env: ['CLICKHOUSE_CLUSTER'],
    kind: text,
    default: undefined,
    text: 'Name of a cluster, for replicated and distributed tables.',
  },
  clickhouseClusterReplicated: {
    key: 'clickhouse-cluster-replicated',
    env: ['CLICKHOUSE_CLUSTER_REPLICATED'],
    kind: flag,
    default: true,
    text: 'Whether the cluster replicates its tables, which needs Keeper. false makes plain tables on each shard, through clickhouse-shard-urls.',
  },
  clickhouseShardUrls: {
    key: 'clickhouse-shard-urls',
    env: ['CLICKHOUSE_SHARD_URLS'],
    kind: httpUrls,
    default: [],
    text: 'One URL for each shard of a cluster without replication.',
  },
  clickhouseCa: {
    key: 'clickhouse-ca',
    env: ['CLICKHOUSE_TLS_CA'],
    kind: text,
    default: undefined,
    text: 'PEM file with the authority that signed the certificate of the server.',
  },
  clickhouseCert: {
    key: 'clickhouse-cert',
    env: ['CLICKHOUSE_TLS_CERT'],
    kind: text,
    default: undefined,
    text: 'PEM file with a certificate for this client. Needs clickhouse-ca and clickhouse-key.',
  },
  clickhouseKey: {
    key: 'clickhouse-key',
    env: ['CLICKHOUSE_TLS_KEY'],
    kind: text,
    default: undefined,
    text: 'PEM file with the key of that certificate.',
  },
  clickhouseMemoryBytes: {
    key: 'clickhouse-memory',
    env: ['CLICKHOUSE_MEMORY'],
    kind: bytes,
    default: 512 * 1024 ** 2,
    text: 'Memory that the embedded engine may use.',
  },
};
