import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchDelay } from './batch-delay.ts';

test('batches wait longer the less time the process has', () => {
  let busy = 0;
  const delay = new BatchDelay(150, since =>
    since === undefined
      ? { active: 0, idle: 0, utilization: 0 }
      : { active: busy, idle: 1000 - busy, utilization: busy / 1000 },
  );
  assert.equal(delay.next(), 150);
  busy = 600;
  assert.equal(delay.next(), 300);
  busy = 980;
  assert.equal(delay.next(), 1050);
  busy = 100;
  assert.equal(delay.next(), 150);
});

test('a moment too short to say anything changes nothing', () => {
  const delay = new BatchDelay(150, () => ({ active: 20, idle: 0, utilization: 1 }));
  assert.equal(delay.next(), 150);
});
