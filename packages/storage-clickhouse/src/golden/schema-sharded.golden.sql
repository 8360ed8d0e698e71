CREATE DATABASE IF NOT EXISTS `golden`;

CREATE TABLE IF NOT EXISTS `golden`.spans_local
(
    day UInt32 CODEC(LZ4),
    bucket UInt32 CODEC(Delta, LZ4),
    trace_low UInt64 CODEC(LZ4),
    trace_high UInt64 CODEC(LZ4),
    id UInt64 CODEC(NONE),
    parent_id UInt64 CODEC(LZ4),
    flags UInt8 CODEC(LZ4),
    timestamp UInt64 CODEC(Delta, LZ4),
    duration UInt64 CODEC(T64, LZ4),
    service LowCardinality(String) CODEC(LZ4),
    name LowCardinality(String) CODEC(ZSTD(1)),
    remote LowCardinality(String) CODEC(LZ4),
    local_address String CODEC(LZ4),
    remote_address String CODEC(LZ4),
    tag_keys LowCardinality(String) CODEC(LZ4),
    tag_values Array(String) CODEC(ZSTD(1)),
    annotation_times Array(UInt64) CODEC(LZ4),
    annotation_values Array(String) CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY day
ORDER BY (bucket, bitShiftRight(trace_low, 48), trace_low)
SETTINGS index_granularity = 512, min_compress_block_size = 16384, non_replicated_deduplication_window = 10000, number_of_free_entries_in_pool_to_lower_max_size_of_merge = 1, number_of_free_entries_in_pool_to_execute_mutation = 1, number_of_free_entries_in_pool_to_execute_optimize_entire_partition = 1;

CREATE TABLE IF NOT EXISTS `golden`.spans
AS `golden`.spans_local
ENGINE = Distributed(`two_shards`, `golden`, spans_local, trace_low);

CREATE TABLE IF NOT EXISTS `golden`.traces_local
(
    day UInt32 CODEC(ZSTD(1)),
    trace_low UInt64 CODEC(Delta, ZSTD(1)),
    bucket UInt32 CODEC(T64, ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY day
ORDER BY (trace_low, bucket)
SETTINGS index_granularity = 256, min_compress_block_size = 4096, number_of_free_entries_in_pool_to_lower_max_size_of_merge = 1, number_of_free_entries_in_pool_to_execute_mutation = 1, number_of_free_entries_in_pool_to_execute_optimize_entire_partition = 1;

CREATE TABLE IF NOT EXISTS `golden`.traces
AS `golden`.traces_local
ENGINE = Distributed(`two_shards`, `golden`, traces_local, trace_low);

CREATE TABLE IF NOT EXISTS `golden`.postings_local
(
    day UInt32 CODEC(ZSTD(1)),
    hash UInt32 CODEC(Delta, ZSTD(1)),
    bucket UInt32 CODEC(T64, ZSTD(1)),
    slot UInt16 CODEC(NONE)
)
ENGINE = MergeTree
PARTITION BY day
ORDER BY (hash, bucket)
SETTINGS index_granularity = 1024, min_compress_block_size = 16384, number_of_free_entries_in_pool_to_lower_max_size_of_merge = 1, number_of_free_entries_in_pool_to_execute_mutation = 1, number_of_free_entries_in_pool_to_execute_optimize_entire_partition = 1;

CREATE TABLE IF NOT EXISTS `golden`.postings
AS `golden`.postings_local
ENGINE = Distributed(`two_shards`, `golden`, postings_local, hash);

CREATE TABLE IF NOT EXISTS `golden`.names_local
(
    day UInt32,
    kind UInt8,
    service String,
    value String
)
ENGINE = ReplacingMergeTree
PARTITION BY day
ORDER BY (kind, service, value)
SETTINGS index_granularity = 1024, number_of_free_entries_in_pool_to_lower_max_size_of_merge = 1, number_of_free_entries_in_pool_to_execute_mutation = 1, number_of_free_entries_in_pool_to_execute_optimize_entire_partition = 1;

CREATE TABLE IF NOT EXISTS `golden`.names
AS `golden`.names_local
ENGINE = Distributed(`two_shards`, `golden`, names_local, cityHash64(service));

CREATE TABLE IF NOT EXISTS `golden`.links_local
(
    day UInt32 CODEC(ZSTD(1)),
    minute UInt32 CODEC(Delta, ZSTD(1)),
    trace_low UInt64 CODEC(ZSTD(1)),
    start_ms UInt64 CODEC(Delta, ZSTD(1)),
    links LowCardinality(String) CODEC(ZSTD(1)),
    sign Int8 CODEC(ZSTD(1)),
    PROJECTION minutes (SELECT minute, links, sum(sign) GROUP BY minute, links)
)
ENGINE = MergeTree
PARTITION BY day
ORDER BY (minute, trace_low)
SETTINGS index_granularity = 4096, number_of_free_entries_in_pool_to_lower_max_size_of_merge = 1, number_of_free_entries_in_pool_to_execute_mutation = 1, number_of_free_entries_in_pool_to_execute_optimize_entire_partition = 1;

CREATE TABLE IF NOT EXISTS `golden`.links
AS `golden`.links_local
ENGINE = Distributed(`two_shards`, `golden`, links_local, trace_low);

CREATE TABLE IF NOT EXISTS `golden`.touches_local
(
    day UInt32,
    server String,
    seq UInt64,
    traces Array(UInt64) CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY day
ORDER BY (server, seq)
SETTINGS index_granularity = 64, number_of_free_entries_in_pool_to_lower_max_size_of_merge = 1, number_of_free_entries_in_pool_to_execute_mutation = 1, number_of_free_entries_in_pool_to_execute_optimize_entire_partition = 1;

CREATE TABLE IF NOT EXISTS `golden`.touches
AS `golden`.touches_local
ENGINE = Distributed(`two_shards`, `golden`, touches_local, cityHash64(server));

CREATE TABLE IF NOT EXISTS `golden`.checkpoints_local
(
    server String,
    seq UInt64
)
ENGINE = ReplacingMergeTree
ORDER BY (server, seq)
SETTINGS index_granularity = 1024, number_of_free_entries_in_pool_to_lower_max_size_of_merge = 1, number_of_free_entries_in_pool_to_execute_mutation = 1, number_of_free_entries_in_pool_to_execute_optimize_entire_partition = 1;

CREATE TABLE IF NOT EXISTS `golden`.checkpoints
AS `golden`.checkpoints_local
ENGINE = Distributed(`two_shards`, `golden`, checkpoints_local, cityHash64(server));

CREATE TABLE IF NOT EXISTS `golden`.leases_local
(
    server String,
    at DateTime64(3)
)
ENGINE = ReplacingMergeTree
ORDER BY server
SETTINGS index_granularity = 1024, number_of_free_entries_in_pool_to_lower_max_size_of_merge = 1, number_of_free_entries_in_pool_to_execute_mutation = 1, number_of_free_entries_in_pool_to_execute_optimize_entire_partition = 1;

CREATE TABLE IF NOT EXISTS `golden`.leases
AS `golden`.leases_local
ENGINE = Distributed(`two_shards`, `golden`, leases_local, cityHash64(server));

ALTER TABLE `golden`.spans_local MODIFY COLUMN day UInt32 CODEC(LZ4), MODIFY COLUMN bucket UInt32 CODEC(Delta, LZ4), MODIFY COLUMN trace_low UInt64 CODEC(LZ4), MODIFY COLUMN trace_high UInt64 CODEC(LZ4), MODIFY COLUMN id UInt64 CODEC(NONE), MODIFY COLUMN parent_id UInt64 CODEC(LZ4), MODIFY COLUMN flags UInt8 CODEC(LZ4), MODIFY COLUMN timestamp UInt64 CODEC(Delta, LZ4), MODIFY COLUMN duration UInt64 CODEC(T64, LZ4), MODIFY COLUMN service LowCardinality(String) CODEC(LZ4), MODIFY COLUMN name LowCardinality(String) CODEC(ZSTD(1)), MODIFY COLUMN remote LowCardinality(String) CODEC(LZ4), MODIFY COLUMN local_address String CODEC(LZ4), MODIFY COLUMN remote_address String CODEC(LZ4), MODIFY COLUMN tag_keys LowCardinality(String) CODEC(LZ4), MODIFY COLUMN tag_values Array(String) CODEC(ZSTD(1)), MODIFY COLUMN annotation_times Array(UInt64) CODEC(LZ4), MODIFY COLUMN annotation_values Array(String) CODEC(ZSTD(1));

ALTER TABLE `golden`.spans_local MODIFY SETTING string_serialization_version = 'single_stream';

ALTER TABLE `golden`.spans_local MODIFY SETTING marks_compression_codec = 'LZ4';

ALTER TABLE `golden`.spans_local MODIFY SETTING primary_key_compression_codec = 'LZ4';

ALTER TABLE `golden`.traces_local MODIFY SETTING string_serialization_version = 'single_stream';

ALTER TABLE `golden`.traces_local MODIFY SETTING marks_compression_codec = 'LZ4';

ALTER TABLE `golden`.traces_local MODIFY SETTING primary_key_compression_codec = 'LZ4';

ALTER TABLE `golden`.postings_local MODIFY SETTING string_serialization_version = 'single_stream';

ALTER TABLE `golden`.postings_local MODIFY SETTING marks_compression_codec = 'LZ4';

ALTER TABLE `golden`.postings_local MODIFY SETTING primary_key_compression_codec = 'LZ4';
