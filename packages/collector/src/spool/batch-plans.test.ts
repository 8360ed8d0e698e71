import assert from 'node:assert/strict';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { BatchPlans } from './batch-plans.ts';
import type { SpoolPosition } from './position.ts';
import { StateFile } from './state-file.ts';

const at = (segment: number, offset = 0): SpoolPosition => ({ segment, offset });

describe('batch plans', () => {
  let directory: string;
  let path: string;
  let released: SpoolPosition[];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tracekin-state-'));
    path = join(directory, 'state');
    released = [];
  });
  afterEach(() => rm(directory, { recursive: true }));

  /** What the next process finds; the file is left open by the one before, as after a kill. */
  async function reopened(): Promise<{ plans: BatchPlans; file: StateFile; damaged: number }> {
    const { file, state, damaged } = await StateFile.open(path);
    const plans = new BatchPlans(file, state ?? { drained: at(0), plans: [] }, false, upTo => released.push(upTo));
    return { plans, file, damaged };
  }

  test('a planned batch comes back after a crash with its id and boundaries, until it is done', async () => {
    const first = await reopened();
    const a = await first.plans.plan(at(1, 10));
    const b = await first.plans.plan(at(1, 20));
    assert.deepEqual([a.from, b.from], [at(0), at(1, 10)]);
    const second = await reopened();
    assert.deepEqual(second.plans.unfinished, [a, b]);
    assert.deepEqual(second.plans.next, at(1, 20));
    await second.plans.done(a.id);
    const third = await reopened();
    assert.deepEqual(third.plans.unfinished, [b]);
    assert.deepEqual(third.plans.drained, at(1, 10));
    for (const { file } of [first, second, third]) await file.close();
  });

  test('what is stored out of order is released in order', async () => {
    const { plans, file } = await reopened();
    const [a, b, c] = [await plans.plan(at(1)), await plans.plan(at(2)), await plans.plan(at(3))];
    await plans.done(b!.id);
    assert.deepEqual(plans.drained, at(0));
    assert.deepEqual(plans.unfinished, [a, c]);
    await plans.done(a!.id);
    assert.deepEqual(plans.drained, at(2));
    await plans.done(c!.id);
    assert.deepEqual(released, [at(0), at(2), at(3)]);
    await file.close();
  });

  test('a split survives a crash', async () => {
    const first = await reopened();
    const { id } = await first.plans.plan(at(1));
    await first.plans.split(id);
    const second = await reopened();
    assert.equal(second.plans.unfinished[0]?.split, true);
    for (const { file } of [first, second]) await file.close();
  });

  test('ids never repeat, not even from one saved state', async () => {
    const first = await reopened();
    const second = await reopened();
    const ids = [];
    for (const { plans } of [first, second]) for (let i = 1; i < 5; i++) ids.push((await plans.plan(at(i))).id);
    assert.equal(new Set(ids).size, 8);
    for (const { file } of [first, second]) await file.close();
  });

  test('a damaged newest state falls back to the one before', async () => {
    const first = await reopened();
    for (let i = 1; i <= 40; i++) await first.plans.done((await first.plans.plan(at(i))).id);
    await first.file.close();
    const bytes = await readFile(path);
    assert.equal(bytes.length, 16 * 4096, 'the file does not grow');
    const newest = bytes.indexOf('"generation":80,');
    bytes[newest + 20]! ^= 1;
    await writeFile(path, bytes);
    const second = await reopened();
    assert.equal(second.damaged, 1);
    assert.deepEqual(second.plans.drained, at(39));
    assert.equal(second.plans.unfinished.length, 1);
    await second.file.close();
  });

  test('a file of garbage or of another length is no state, and is used from then on', async () => {
    for (const content of [
      Buffer.alloc(16 * 4096, 0x41),
      Buffer.alloc(0),
      Buffer.from('x'),
      Buffer.alloc(70_000, 0xff),
    ]) {
      await writeFile(path, content);
      const first = await reopened();
      assert.deepEqual(first.plans.next, at(0));
      const plan = await first.plans.plan(at(7));
      await first.file.close();
      const second = await reopened();
      assert.deepEqual(second.plans.unfinished, [plan]);
      await second.file.close();
    }
  });

  test('a plan that cannot be saved is not made', async () => {
    const { plans, file } = await reopened();
    await file.close();
    await assert.rejects(plans.plan(at(1)));
    assert.deepEqual(plans.next, at(0));
    assert.deepEqual(plans.unfinished, []);
  });

  test('skipping moves on only while no batch is under way', async () => {
    const { plans, file } = await reopened();
    await plans.skip(at(2));
    assert.deepEqual(plans.drained, at(2));
    const { id } = await plans.plan(at(3));
    await plans.skip(at(9));
    assert.deepEqual(plans.drained, at(2));
    await plans.done(id);
    await plans.skip(at(1));
    assert.deepEqual(plans.drained, at(3));
    await file.close();
  });

  test('a state in a file that was cut short is found', async () => {
    const first = await reopened();
    const plan = await first.plans.plan(at(4));
    await first.file.close();
    const handle = await open(path, 'r+');
    await handle.truncate(2 * 4096);
    await handle.close();
    const second = await reopened();
    assert.deepEqual(second.plans.unfinished, [plan]);
    await second.file.close();
  });
});
