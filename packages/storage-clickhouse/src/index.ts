export type { ClickHouseOptions, Log, LogLevel, TlsOptions } from './clickhouse-options.ts';
export { openClickHouseStorage } from './open-storage.ts';
