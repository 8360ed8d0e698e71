import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WriteGatherer } from './write-gatherer.ts';

const spans = (spanCount: number): { spanCount: number } => ({ spanCount });

test('single writes go through at once, a steady stream in larger ones', async () => {
  const sizes: number[] = [];
  const gatherer = new WriteGatherer(async parts => {
    sizes.push(parts.reduce((sum, { spanCount }) => sum + spanCount, 0));
  }, 100);
  for (let i = 0; i < 4; i += 1) await gatherer.add(spans(1));
  assert.deepEqual(sizes, [1, 1, 1, 1]);
  await Promise.all([gatherer.add(spans(2)), gatherer.add(spans(3))]);
  assert.deepEqual(sizes.slice(4), [5]);
  const small = gatherer.add(spans(1));
  await Promise.all([small, gatherer.add(spans(99))]);
  assert.deepEqual(sizes.slice(5), [100]);
});

test('after a burst of full writes a small one waits no longer than in a steady stream', async () => {
  const gatherer = new WriteGatherer(async () => {}, 100);
  for (let i = 0; i < 50; i += 1) await gatherer.add(spans(100));
  const started = performance.now();
  await gatherer.add(spans(1));
  assert.ok(performance.now() - started < 1000);
});

test('all parts of a write fail with it, and the next one is not affected', async () => {
  let error: Error | undefined = new Error('no');
  const gatherer = new WriteGatherer(async () => {
    if (error !== undefined) throw error;
  }, 2);
  const results = await Promise.allSettled([gatherer.add(spans(1)), gatherer.add(spans(1)), gatherer.add(spans(1))]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  );
  error = undefined;
  await gatherer.add(spans(1));
});
