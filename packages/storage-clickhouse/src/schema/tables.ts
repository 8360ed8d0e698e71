/** Where the tables are. */
export interface Layout {
  readonly database: string;
  /**
   * Absent: one engine. `replicated`: every table is `ON CLUSTER`, replicated, behind a Distributed one. `sharded`: likewise
   * without replication, and created on each shard by a connection of its own (an engine without Keeper has no ON CLUSTER).
   */
  readonly cluster?: { readonly name: string; readonly replicated: boolean } | undefined;
}

/** A table of ours. Columns and key are the same on every layout. */
export interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly engine: 'MergeTree' | 'ReplacingMergeTree' | 'SummingMergeTree';
  readonly orderBy: string;
  readonly partitionBy?: string;
  readonly settings: readonly string[];
  /** How rows are spread over shards. */
  readonly shardBy: string;
}

/** The engine has two background threads when embedded; its defaults keep eight free and would never merge large parts. */
const MERGE_SETTINGS = [
  'number_of_free_entries_in_pool_to_lower_max_size_of_merge = 1',
  'number_of_free_entries_in_pool_to_execute_mutation = 1',
  'number_of_free_entries_in_pool_to_execute_optimize_entire_partition = 1',
];

/**
 * Spans in the order of (bucket, trace): see write/bucket.ts. Small granules in small compressed blocks, because what is read
 * is single traces: twenty of them took the engine 15 ms of CPU where 1,024 spans a granule in blocks of 64 KiB took 34, for
 * 1.2 bytes a span more. A table that was made with larger ones keeps them; both read alike.
 */
export const SPANS: Table = {
  name: 'spans',
  columns: [
    'day UInt32 CODEC(ZSTD(1))',
    'bucket UInt32 CODEC(Delta, ZSTD(1))',
    'trace_low UInt64 CODEC(ZSTD(1))',
    'trace_high UInt64 CODEC(ZSTD(1))',
    'id UInt64 CODEC(NONE)',
    'parent_id UInt64 CODEC(ZSTD(1))',
    'flags UInt8 CODEC(ZSTD(1))',
    'timestamp UInt64 CODEC(Delta, ZSTD(1))',
    'duration UInt64 CODEC(T64, ZSTD(1))',
    'service LowCardinality(String) CODEC(ZSTD(1))',
    'name LowCardinality(String) CODEC(ZSTD(1))',
    'remote LowCardinality(String) CODEC(ZSTD(1))',
    'local_address String CODEC(ZSTD(1))',
    'remote_address String CODEC(ZSTD(1))',
    'tag_keys LowCardinality(String) CODEC(ZSTD(1))',
    'tag_values Array(String) CODEC(ZSTD(1))',
    'annotation_times Array(UInt64) CODEC(ZSTD(1))',
    'annotation_values Array(String) CODEC(ZSTD(1))',
  ],
  engine: 'MergeTree',
  orderBy: '(bucket, bitShiftRight(trace_low, 48), trace_low)',
  partitionBy: 'day',
  settings: [
    'index_granularity = 256',
    'min_compress_block_size = 16384',
    'non_replicated_deduplication_window = 10000',
    ...MERGE_SETTINGS,
  ],
  shardBy: 'trace_low',
};

/** In which buckets a trace has spans. Rows may repeat. */
export const TRACES: Table = {
  name: 'traces',
  columns: ['day UInt32 CODEC(ZSTD(1))', 'trace_low UInt64 CODEC(Delta, ZSTD(1))', 'bucket UInt32 CODEC(T64, ZSTD(1))'],
  engine: 'ReplacingMergeTree',
  orderBy: '(trace_low, bucket)',
  partitionBy: 'day',
  // A page of a search looks at twenty places here, each in every part.
  settings: ['index_granularity = 256', 'min_compress_block_size = 4096', ...MERGE_SETTINGS],
  shardBy: 'trace_low',
};

/** Where a search term occurs: see write/postings.ts. Rows may repeat. */
export const POSTINGS: Table = {
  name: 'postings',
  columns: [
    'day UInt32 CODEC(ZSTD(1))',
    'hash UInt32 CODEC(Delta, ZSTD(1))',
    'bucket UInt32 CODEC(T64, ZSTD(1))',
    'slot UInt16 CODEC(NONE)',
  ],
  engine: 'MergeTree',
  orderBy: '(hash, bucket)',
  partitionBy: 'day',
  settings: ['index_granularity = 1024', 'min_compress_block_size = 16384', ...MERGE_SETTINGS],
  shardBy: 'hash',
};

/** Distinct names; see write/batch-names.ts for the kinds. */
export const NAMES: Table = {
  name: 'names',
  columns: ['day UInt32', 'kind UInt8', 'service String', 'value String'],
  engine: 'ReplacingMergeTree',
  orderBy: '(kind, service, value)',
  partitionBy: 'day',
  settings: ['index_granularity = 1024', ...MERGE_SETTINGS],
  shardBy: 'cityHash64(service)',
};

/**
 * The links of settled traces, as sums of signed rows: see links/settler.ts. The projection answers windows of whole minutes
 * from sums; it lives in the parts themselves, so the two cannot disagree.
 */
export const LINKS: Table = {
  name: 'links',
  columns: [
    'day UInt32 CODEC(ZSTD(1))',
    'minute UInt32 CODEC(Delta, ZSTD(1))',
    'trace_low UInt64 CODEC(ZSTD(1))',
    'start_ms UInt64 CODEC(Delta, ZSTD(1))',
    'links LowCardinality(String) CODEC(ZSTD(1))',
    'sign Int8 CODEC(ZSTD(1))',
    'PROJECTION minutes (SELECT minute, links, sum(sign) GROUP BY minute, links)',
  ],
  engine: 'MergeTree',
  orderBy: '(minute, trace_low)',
  partitionBy: 'day',
  settings: ['index_granularity = 4096', ...MERGE_SETTINGS],
  shardBy: 'trace_low',
};

/** One row per batch: which traces it touched. What is newer than the server's checkpoint waits for its links. */
export const TOUCHES: Table = {
  name: 'touches',
  columns: ['day UInt32', 'server String', 'seq UInt64', 'traces Array(UInt64) CODEC(ZSTD(1))'],
  engine: 'MergeTree',
  orderBy: '(server, seq)',
  partitionBy: 'day',
  settings: ['index_granularity = 64', ...MERGE_SETTINGS],
  shardBy: 'cityHash64(server)',
};

/** Up to which batch of a server the links are settled. */
export const CHECKPOINTS: Table = {
  name: 'checkpoints',
  columns: ['server String', 'seq UInt64'],
  engine: 'ReplacingMergeTree',
  orderBy: '(server, seq)',
  settings: ['index_granularity = 1024', ...MERGE_SETTINGS],
  shardBy: 'cityHash64(server)',
};

/** When each server was last heard of: see links/lease.ts. */
export const LEASES: Table = {
  name: 'leases',
  columns: ['server String', 'at DateTime64(3)'],
  engine: 'ReplacingMergeTree',
  orderBy: 'server',
  settings: ['index_granularity = 1024', ...MERGE_SETTINGS],
  shardBy: 'cityHash64(server)',
};

/** Every table, in the order in which they are made. */
export const TABLES: readonly Table[] = [SPANS, TRACES, POSTINGS, NAMES, LINKS, TOUCHES, CHECKPOINTS, LEASES];

/** A name that may stand in SQL unquoted for sure is still quoted: databases are named by users. */
export function quoted(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}

/** The table that reads and writes go to. */
export function tableName(layout: Layout, table: Table): string {
  return `${quoted(layout.database)}.${table.name}`;
}

/** The table that holds rows: the same, or on a cluster the one behind the Distributed table. */
export function localTableName(layout: Layout, table: Table): string {
  return layout.cluster === undefined ? tableName(layout, table) : `${quoted(layout.database)}.${table.name}_local`;
}

/** The statements that make a table if it is not there. */
export function createTable(layout: Layout, table: Table): string[] {
  const { cluster } = layout;
  const onCluster = cluster?.replicated ? ` ON CLUSTER ${quoted(cluster.name)}` : '';
  const engine = cluster?.replicated
    ? `Replicated${table.engine}('/clickhouse/tables/{shard}/${layout.database}/${table.name}', '{replica}')`
    : table.engine;
  const settings = table.settings.map(setting =>
    cluster?.replicated ? setting.replace('non_replicated_deduplication', 'replicated_deduplication') : setting,
  );
  const local = [
    `CREATE TABLE IF NOT EXISTS ${localTableName(layout, table)}${onCluster}`,
    '(',
    table.columns.map(column => `    ${column}`).join(',\n'),
    ')',
    `ENGINE = ${engine}`,
    ...(table.partitionBy === undefined ? [] : [`PARTITION BY ${table.partitionBy}`]),
    `ORDER BY ${table.orderBy}`,
    `SETTINGS ${settings.join(', ')}`,
  ].join('\n');
  if (cluster === undefined) return [local];
  const distributed = [
    `CREATE TABLE IF NOT EXISTS ${tableName(layout, table)}${onCluster}`,
    `AS ${localTableName(layout, table)}`,
    `ENGINE = Distributed(${quoted(cluster.name)}, ${quoted(layout.database)}, ${table.name}_local, ${table.shardBy})`,
  ].join('\n');
  return [local, distributed];
}

export function createDatabase(layout: Layout): string {
  const onCluster = layout.cluster?.replicated ? ` ON CLUSTER ${quoted(layout.cluster.name)}` : '';
  return `CREATE DATABASE IF NOT EXISTS ${quoted(layout.database)}${onCluster}`;
}
