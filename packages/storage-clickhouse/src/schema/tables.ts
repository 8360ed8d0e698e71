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
 * How parts are written, where the engine knows these settings. Lengths of texts in a stream of their own, the default of newer
 * engines, cost 7 bytes a span and a fifth of the work; marks under ZSTD cost a tenth and are no smaller to speak of.
 */
const PART_SETTINGS = [
  "string_serialization_version = 'single_stream'",
  "marks_compression_codec = 'LZ4'",
  "primary_key_compression_codec = 'LZ4'",
];

/**
 * Spans in the order of (bucket, trace): see write/bucket.ts. Small granules in small compressed blocks, because what is read
 * is single traces; smaller ones cost more when writing: docs/decisions/storage-clickhouse.md. ZSTD where it makes bytes
 * fewer. A table that was made with other granules keeps them; all read alike.
 */
export const SPANS: Table = {
  name: 'spans',
  columns: [
    'day UInt32 CODEC(LZ4)',
    'bucket UInt32 CODEC(Delta, LZ4)',
    'trace_low UInt64 CODEC(LZ4)',
    'trace_high UInt64 CODEC(LZ4)',
    'id UInt64 CODEC(NONE)',
    'parent_id UInt64 CODEC(LZ4)',
    'flags UInt8 CODEC(LZ4)',
    'timestamp UInt64 CODEC(Delta, LZ4)',
    'duration UInt64 CODEC(T64, LZ4)',
    'service LowCardinality(String) CODEC(LZ4)',
    'name LowCardinality(String) CODEC(ZSTD(1))',
    'remote LowCardinality(String) CODEC(LZ4)',
    'local_address String CODEC(LZ4)',
    'remote_address String CODEC(LZ4)',
    'tag_keys LowCardinality(String) CODEC(LZ4)',
    'tag_values Array(String) CODEC(ZSTD(1))',
    'annotation_times Array(UInt64) CODEC(LZ4)',
    'annotation_values Array(String) CODEC(ZSTD(1))',
  ],
  engine: 'MergeTree',
  orderBy: '(bucket, bitShiftRight(trace_low, 48), trace_low)',
  partitionBy: 'day',
  settings: [
    'index_granularity = 512',
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

function alterTable(layout: Layout, table: Table, change: string): string {
  const { cluster } = layout;
  const onCluster = cluster?.replicated ? ` ON CLUSTER ${quoted(cluster.name)}` : '';
  return `ALTER TABLE ${localTableName(layout, table)}${onCluster} ${change}`;
}

/** Gives a table that is there the codecs of the definition; parts that are there keep theirs until they are merged. */
export function alterCodecs(layout: Layout, table: Table): string {
  return alterTable(layout, table, table.columns.map(column => `MODIFY COLUMN ${column}`).join(', '));
}

/** One statement a setting: an engine refuses those that it does not know. */
export function alterPartSettings(layout: Layout, table: Table): string[] {
  return PART_SETTINGS.map(setting => alterTable(layout, table, `MODIFY SETTING ${setting}`));
}

export function createDatabase(layout: Layout): string {
  const onCluster = layout.cluster?.replicated ? ` ON CLUSTER ${quoted(layout.cluster.name)}` : '';
  return `CREATE DATABASE IF NOT EXISTS ${quoted(layout.database)}${onCluster}`;
}
