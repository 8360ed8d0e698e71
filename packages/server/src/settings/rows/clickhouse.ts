import type { SettingRows } from '../setting-row.ts';
import { anyText, httpUrl, text } from '../value-kinds.ts';

export const CLICKHOUSE_ROWS: Pick<SettingRows, 'clickhouseUrl' | 'clickhouseUser' | 'clickhousePassword' | 'clickhouseDatabase' | 'clickhouseCluster' | 'clickhouseCa'> = {
  clickhouseUrl: { key: 'clickhouse-url', env: ['CLICKHOUSE_URL'], kind: httpUrl, default: undefined, text: 'HTTP interface of a ClickHouse server. Unset runs the embedded engine.' },
  clickhouseUser: { key: 'clickhouse-user', env: ['CLICKHOUSE_USER'], kind: text, default: 'default', text: 'User on that server.' },
  clickhousePassword: { key: 'clickhouse-password', env: ['CLICKHOUSE_PASSWORD'], kind: anyText, default: '', text: 'Password of the user.', secret: true },
  clickhouseDatabase: { key: 'clickhouse-database', env: ['CLICKHOUSE_DATABASE'], kind: text, default: 'tracekin', text: 'Database that holds the tables; made when missing.' },
  clickhouseCluster: { key: 'clickhouse-cluster', env: ['CLICKHOUSE_CLUSTER'], kind: text, default: undefined, text: 'Name of a cluster, for replicated and distributed tables.' },
  clickhouseCa: { key: 'clickhouse-ca', env: ['CLICKHOUSE_TLS_CA'], kind: text, default: undefined, text: 'PEM file with the authority that signed the server\'s certificate.' },
};
