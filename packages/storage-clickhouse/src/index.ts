export type { ClickHouseOptions, Log, LogLevel, TlsOptions } from './clickhouse-options.ts';
export type { ClickHouseStorage } from './clickhouse-storage.ts';
export { DEFAULT_MEMORY_LIMIT_BYTES, openClickHouseStorage } from './open-storage.ts';
