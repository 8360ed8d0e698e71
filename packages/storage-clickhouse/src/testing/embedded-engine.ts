import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Engine, type EngineOptions } from '../embedded/engine.ts';
import { engineLibrary } from '../embedded/engine-library.ts';

/** Why the embedded engine cannot run here; undefined when it can. In CI it has to. */
export function engineMissing(): string | undefined {
  try {
    engineLibrary();
    return undefined;
  } catch (error) {
    if (process.env['CI']) throw error;
    return `needs the embedded engine: ${(error as Error).message}`;
  }
}

/** An engine in a fresh directory. `close` ends it and removes the directory. */
export function temporaryEngine(options: Partial<EngineOptions> = {}): {
  engine: Engine;
  dataDir: string;
  close: () => Promise<void>;
} {
  const dataDir = options.dataDir ?? mkdtempSync(path.join(tmpdir(), 'tracekin-clickhouse-'));
  const engine = new Engine({ memoryLimitBytes: 512 * 1024 * 1024, log: () => {}, ...options, dataDir });
  return {
    engine,
    dataDir,
    close: async () => {
      await engine.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
