import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchDelay } from './batch-delay.ts';

/** A machine of two processors: what `seconds` of these shares of time lead to. */
function machine(): { after: (seconds: number, thread: number, idle: number) => number } {
  let [atMs, threadMs, machineMs] = [0, 0, 0];
  const delay = new BatchDelay(150, () => ({ atMs, threadMs, machineMs, processors: 2 }));
  return {
    after(seconds, thread, idle) {
      atMs += seconds * 1000;
      threadMs += seconds * 1000 * thread;
      machineMs += seconds * 2000 * (1 - idle);
      return delay.next();
    },
  };
}

test('batches wait longer while the main thread has no time left', () => {
  const { after } = machine();
  for (let i = 0; i < 6; i++) assert.equal(after(1, 0.5, 0.5), 150);
  assert.equal(after(1, 0.8, 0.4), 150, 'one busy second is no saturation');
  for (let i = 0; i < 4; i++) after(1, 0.8, 0.4);
  for (let i = 0; i < 4; i++) assert.equal(after(1, 0.65, 0.4), 1500, 'it ends later than it begins');
  for (let i = 0; i < 4; i++) after(1, 0.5, 0.5);
  assert.equal(after(1, 0.5, 0.5), 150);
});

test('batches wait a little longer while the machine has no time left, whoever uses it', () => {
  const { after } = machine();
  for (let i = 0; i < 6; i++) after(1, 0.3, 0.02);
  assert.equal(after(1, 0.3, 0.02), 450);
  for (let i = 0; i < 6; i++) after(1, 0.3, 0.5);
  assert.equal(after(1, 0.3, 0.5), 150);
});

test('a moment too short to say anything changes nothing', () => {
  const { after } = machine();
  for (let i = 0; i < 20; i++) assert.equal(after(0.004, 1, 0), 150);
});
