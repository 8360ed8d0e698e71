import { createHash } from 'node:crypto';

/** They are made to give way to other threads: see merge-priority.ts. */
export const MERGE_THREADS = 2;

export interface EngineConfig {
  /** Where the engine keeps its files. */
  readonly path: string;
  readonly usersFile: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly memoryLimitBytes: number;
  /** Extra XML inside of the root, e.g. `remote_servers`; for tests. */
  readonly extraXml?: string | undefined;
}

const MIB = 1024 * 1024;

/**
 * The engine's `--config-file`. Its defaults are made for servers of many cores and gigabytes; these fit beside a Node
 * process on two cores.
 */
export function engineConfigXml(config: EngineConfig): string {
  return xml(
    {
      path: config.path,
      listen_host: '127.0.0.1',
      http_port: String(config.port),
      'user_directories users_xml path': config.usersFile,
      'logger level': 'warning',
      'logger console': '1',
      max_server_memory_usage: String(config.memoryLimitBytes),
      // Marks of 10 million spans are some 5 MB; the page cache keeps the rest.
      mark_cache_size: String(32 * MIB),
      index_mark_cache_size: String(4 * MIB),
      primary_index_cache_size: String(16 * MIB),
      uncompressed_cache_size: '0',
      index_uncompressed_cache_size: '0',
      mmap_cache_size: '100',
      query_cache_size: '0',
      compiled_expression_cache_size: String(4 * MIB),
      // Two merge threads: the writer outruns them only for moments, and they leave a core to the collector.
      background_pool_size: String(MERGE_THREADS),
      background_merges_mutations_concurrency_ratio: '1',
      background_schedule_pool_size: '8',
      background_common_pool_size: '1',
      background_fetches_pool_size: '1',
      background_move_pool_size: '1',
      max_thread_pool_size: '200',
      max_concurrent_queries: '64',
      max_connections: '128',
      keep_alive_timeout: '10',
      // Statistics of every column of every part: a quarter of the engine's work for a plan that our queries do not need.
      'merge_tree auto_statistics_types': '',
      asynchronous_metrics_update_period_s: '60',
      asynchronous_heavy_metrics_update_period_s: '3600',
    },
    config.extraXml,
  );
}

/**
 * Our user with the password of the occasion, and `default`, which the engine's own session needs without one: that one
 * may do nothing but start the listener and read `system.numbers`, from which it sleeps.
 */
export function engineUsersXml({ username, password }: Pick<EngineConfig, 'username' | 'password'>): string {
  const digest = createHash('sha256').update(password).digest('hex');
  return `<clickhouse>
  <profiles>
    <default/>
    <host><max_threads>1</max_threads><max_memory_usage>50000000</max_memory_usage></host>
  </profiles>
  <quotas><default/></quotas>
  <users>
    <default>
      <password></password>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>host</profile>
      <quota>default</quota>
      <grants><query>GRANT SYSTEM LISTEN ON *.*</query><query>GRANT SELECT ON system.numbers</query></grants>
    </default>
    <${username}>
      <password_sha256_hex>${digest}</password_sha256_hex>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
    </${username}>
  </users>
</clickhouse>
`;
}

/** Nested elements from paths of names separated by spaces. */
function xml(settings: Readonly<Record<string, string>>, extra = ''): string {
  const lines = Object.entries(settings).map(([names, value]) => {
    const open = names.split(' ');
    return `  ${open.map(name => `<${name}>`).join('')}${escapeXml(value)}${open
      .reverse()
      .map(name => `</${name}>`)
      .join('')}`;
  });
  return `<clickhouse>\n${lines.join('\n')}\n${extra}</clickhouse>\n`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
