import { CLICKHOUSE_ROWS } from './rows/clickhouse.ts';
import { COLLECTOR_ROWS } from './rows/collector.ts';
import { ELASTICSEARCH_ROWS } from './rows/elasticsearch.ts';
import { QUERY_ROWS } from './rows/query.ts';
import { SELF_TRACING_ROWS } from './rows/self-tracing.ts';
import { SERVER_ROWS } from './rows/server.ts';
import { STORAGE_ROWS } from './rows/storage.ts';
import { UI_ROWS } from './rows/ui.ts';
import type { SettingRow, SettingRows } from './setting-row.ts';
import type { Settings } from './settings.ts';

/** Sections of the documentation, in order. */
export const SETTING_GROUPS: readonly { readonly title: string; readonly rows: Partial<SettingRows> }[] = [
  { title: 'Server', rows: SERVER_ROWS },
  { title: 'Storage', rows: STORAGE_ROWS },
  { title: 'Query API', rows: QUERY_ROWS },
  { title: 'Collector', rows: COLLECTOR_ROWS },
  { title: 'Web UI', rows: UI_ROWS },
  { title: 'ClickHouse', rows: CLICKHOUSE_ROWS },
  { title: 'Elasticsearch and OpenSearch', rows: ELASTICSEARCH_ROWS },
  { title: 'Self-tracing', rows: SELF_TRACING_ROWS },
];

/** The one list of settings: flags, environment, file, help, documentation and validation are made from it. */
export const SETTING_ROWS: SettingRows = {
  ...SERVER_ROWS,
  ...STORAGE_ROWS,
  ...QUERY_ROWS,
  ...COLLECTOR_ROWS,
  ...UI_ROWS,
  ...CLICKHOUSE_ROWS,
  ...ELASTICSEARCH_ROWS,
  ...SELF_TRACING_ROWS,
};

export type SettingName = keyof Settings;

export function settingEntries(
  rows: Partial<SettingRows> = SETTING_ROWS,
): (readonly [SettingName, SettingRow<unknown>])[] {
  return Object.entries(rows) as unknown as (readonly [SettingName, SettingRow<unknown>])[];
}
