import { existsSync, readFileSync } from 'node:fs';

export interface BuildInfo {
  readonly version: string;
  /** Abbreviated commit id; `development` for a work tree. An image build writes it to build-info.json. */
  readonly commit: string;
}

export const BUILD_INFO: BuildInfo = readBuildInfo();

function readBuildInfo(): BuildInfo {
  const { version } = readJson('../package.json') as { version: string };
  const built = existsSync(new URL('../build-info.json', import.meta.url)) ? readJson('../build-info.json') : {};
  return { version, commit: 'development', ...(built as Partial<BuildInfo>) };
}

function readJson(path: string): object {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as object;
}
