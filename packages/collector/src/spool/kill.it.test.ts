import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Span } from '@tracekin/model';
import { createCollector } from '../collector.ts';
import { CollectorMetrics } from '../collector-metrics.ts';
import { createSampler } from '../sampler.ts';
import { fileStorage, storedSpanIds } from '../testing/file-storage.ts';
import type { SyncMode } from './group-commit.ts';
import { openSpool } from './spool.ts';

const kills = Number(process.env['TRACEKIN_KILLS'] ?? 40);
const program = new URL('../testing/accept-until-killed.ts', import.meta.url).pathname;

/** Runs the child until it has acknowledged something, kills it a random moment later; resolves to what it acknowledged. */
async function acknowledgedUntilKilled(args: readonly string[]): Promise<string[]> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  let timer: NodeJS.Timeout | undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    timer ??= setTimeout(() => child.kill('SIGKILL'), Math.random() * 120);
  });
  const [, signal] = await new Promise<[number | null, string | null]>(resolve =>
    child.on('close', (code, by) => resolve([code, by])),
  );
  clearTimeout(timer);
  assert.equal(signal, 'SIGKILL', 'the child ends only by being killed');
  return output.split('\n').slice(0, -1);
}

/** Ids that are missing, and ids that are there more than once. */
function compare(acknowledged: readonly string[], found: readonly string[]): { missing: string[]; twice: string[] } {
  const counts = new Map<string, number>();
  for (const id of found) counts.set(id, (counts.get(id) ?? 0) + 1);
  return {
    missing: acknowledged.filter(id => !counts.has(id)),
    twice: [...counts].filter(([, count]) => count > 1).map(([id]) => id),
  };
}

const prefixOf = (round: number): string => (round + 1).toString(16).padStart(4, '0');

for (const sync of ['never', 'always'] as const satisfies readonly SyncMode[]) {
  test(`every acknowledged record is in the spool once after ${kills} kills, with sync ${sync}`, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tracekin-kill-'));
    try {
      const acknowledged: string[] = [];
      for (let round = 0; round < kills; round++) {
        acknowledged.push(...(await acknowledgedUntilKilled([directory, '-', prefixOf(round), sync])));
      }
      await using spool = await openSpool({ directory, sync });
      const found: string[] = [];
      for await (const { payload } of spool.read({ segment: 0, offset: 0 }, spool.end)) {
        found.push(...(JSON.parse(Buffer.from(payload).toString()) as Span[]).map(({ id }) => id));
      }
      assert.ok(acknowledged.length > kills * 10, `only ${acknowledged.length} acknowledged`);
      assert.deepEqual(compare(acknowledged, found), { missing: [], twice: [] });
    } finally {
      await rm(directory, { recursive: true });
    }
  });
}

test(`every acknowledged span is stored once after ${kills} kills of the whole collector, with a storage that fails`, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tracekin-kill-'));
  const spoolDirectory = join(directory, 'spool');
  const storageDirectory = join(directory, 'stored');
  try {
    const acknowledged: string[] = [];
    for (let round = 0; round < kills; round++) {
      acknowledged.push(
        ...(await acknowledgedUntilKilled([spoolDirectory, storageDirectory, prefixOf(round), 'interval'])),
      );
    }
    const collector = createCollector({
      storage: fileStorage(storageDirectory, 0),
      sampler: createSampler(1),
      metrics: new CollectorMetrics(),
      spool: await openSpool({ directory: spoolDirectory }),
    });
    assert.equal(await collector.drain(30_000), true);
    await collector[Symbol.asyncDispose]();
    assert.ok(acknowledged.length > kills * 10, `only ${acknowledged.length} acknowledged`);
    assert.deepEqual(compare(acknowledged, await storedSpanIds(storageDirectory)), { missing: [], twice: [] });
    const left = (await readdir(spoolDirectory)).filter(name => name.endsWith('.spool'));
    assert.ok(left.length <= 1, `${left.length} segments left`);
  } finally {
    await rm(directory, { recursive: true });
  }
});
