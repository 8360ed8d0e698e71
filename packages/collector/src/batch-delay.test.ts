import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchDelay } from './batch-delay.ts';

test('batches wait longer the less time the process has', () => {
  let [usedMs, atMs] = [0, 0];
  const delay = new BatchDelay(150, () => ({ usedMs, atMs }));
  const afterSecond = (used: number): number => {
    usedMs += used;
    atMs += 1000;
    return delay.next();
  };
  assert.equal(afterSecond(0), 150);
  assert.equal(afterSecond(400), 300);
  assert.equal(afterSecond(800), 1050);
  assert.equal(afterSecond(100), 150);
});

test('a moment too short to say anything changes nothing', () => {
  let [usedMs, atMs] = [0, 0];
  const delay = new BatchDelay(150, () => ({ usedMs, atMs }));
  [usedMs, atMs] = [20, 20];
  assert.equal(delay.next(), 150);
});
