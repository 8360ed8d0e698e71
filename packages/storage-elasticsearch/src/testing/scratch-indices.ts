import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach } from 'node:test';
import { ElasticsearchStorage } from '../elasticsearch-storage.ts';
import { defaultElasticsearchOptions, type ElasticsearchOptions } from '../options.ts';
import { dropIndices } from './drop-indices.ts';

/** Indices of each test's own in one search server, and a folder; removed behind the last test. */
export interface ScratchIndices {
  /** Prefix of the indices of the test that runs. */
  readonly index: string;
  readonly dir: string;
  /** A storage on them, with one shard and no replicas unless `given` says otherwise. All of one test share their state. */
  open(given?: Partial<ElasticsearchOptions>): ElasticsearchStorage;
}

/** Call inside of `describe`. `always` are options of every storage. */
export function scratchIndices(host: string, name: string, always: Partial<ElasticsearchOptions> = {}): ScratchIndices {
  const prefix = `${name}-${process.pid}`;
  let dir = '';
  let tests = 0;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), `tracekin-es-${name}-`));
  });
  beforeEach(() => {
    tests += 1;
  });
  after(async () => {
    rmSync(dir, { recursive: true });
    await dropIndices(host, prefix);
  });
  return {
    get index() {
      return `${prefix}-${tests}`;
    },
    get dir() {
      return dir;
    },
    open(given = {}) {
      return new ElasticsearchStorage({
        ...defaultElasticsearchOptions,
        hosts: [host],
        index: `${prefix}-${tests}`,
        indexShards: 1,
        indexReplicas: 0,
        stateDir: join(dir, `state-${tests}`),
        ...always,
        ...given,
      });
    },
  };
}
