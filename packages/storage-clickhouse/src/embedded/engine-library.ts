import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { TracekinError } from '@tracekin/model';

/** The release that package.json pins; others are not tried, and older ones cannot listen. */
const ENGINE_VERSION = '26.7.3-stable.1';

/** npm packages that hold the engine, by `process.platform` and `process.arch`. All are glibc or macOS. */
const PACKAGES: Readonly<Record<string, string>> = {
  'linux x64': '@chdb/lib-linux-x64-gnu',
  'linux arm64': '@chdb/lib-linux-arm64-gnu',
  'darwin x64': '@chdb/lib-darwin-x64',
  'darwin arm64': '@chdb/lib-darwin-arm64',
};

const ALTERNATIVES =
  'use a ClickHouse server (CLICKHOUSE_URL), Elasticsearch (STORAGE_TYPE=elasticsearch) or memory (STORAGE_TYPE=mem)';

/** Path of the engine's library. Throws `unsupported`, naming what to use instead, where there is none. */
export function engineLibrary(platform: string = process.platform, arch: string = process.arch): string {
  const name = PACKAGES[`${platform} ${arch}`];
  if (name === undefined) {
    throw new TracekinError(
      'unsupported',
      `the embedded storage engine does not exist for ${platform} ${arch}; ${ALTERNATIVES}`,
    );
  }
  if (platform === 'linux' && isMusl()) {
    throw new TracekinError(
      'unsupported',
      `the embedded storage engine needs glibc and this system has musl; ${ALTERNATIVES}`,
    );
  }
  let directory: string;
  try {
    directory = path.dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch (cause) {
    throw new TracekinError(
      'unsupported',
      `the embedded storage engine is not installed: npm install ${name}@${ENGINE_VERSION}, or ${ALTERNATIVES}`,
      { cause },
    );
  }
  for (const file of ['libchdb.so', 'libchdb.dylib']) {
    const library = path.join(directory, file);
    if (existsSync(library)) return library;
  }
  throw new TracekinError(
    'unsupported',
    `package ${name} holds no engine library; install it again, or ${ALTERNATIVES}`,
  );
}

/** musl's Node reports no glibc version. */
function isMusl(): boolean {
  const report = process.report as (NodeJS.ProcessReport & { excludeNetwork?: boolean }) | undefined;
  if (process.platform !== 'linux' || report === undefined) return false;
  // Without this the report looks up the names of all open connections.
  const { excludeNetwork = false } = report;
  report.excludeNetwork = true;
  const { header } = report.getReport() as { header?: { glibcVersionRuntime?: string } };
  report.excludeNetwork = excludeNetwork;
  return header !== undefined && header.glibcVersionRuntime === undefined;
}
