import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchDelay } from './batch-delay.ts';

/** A machine of two processors: what `seconds` of these shares of time, and of groups of so many messages, lead to. */
function machine(): { after: (seconds: number, thread: number, idle: number, together?: number) => number } {
  let [atMs, threadMs, machineMs, groups, records] = [0, 0, 0, 0, 0];
  const delay = new BatchDelay(150, () => ({ atMs, threadMs, machineMs, processors: 2, groups, records }));
  return {
    after(seconds, thread, idle, together = 1) {
      atMs += seconds * 1000;
      threadMs += seconds * 1000 * thread;
      machineMs += seconds * 2000 * (1 - idle);
      groups += 100;
      records += 100 * together;
      return delay.next();
    },
  };
}

test('batches wait longer while the main thread is busy and messages wait for it', () => {
  const { after } = machine();
  for (let i = 0; i < 6; i++) assert.equal(after(1, 0.6, 0.5, 1.5), 150, 'busy, but in time');
  assert.equal(after(0.15, 0.9, 0.4, 8), 150, 'a moment is no saturation');
  for (let i = 0; i < 4; i++) after(1, 0.7, 0.4, 5);
  for (let i = 0; i < 4; i++) assert.equal(after(1, 0.45, 0.4, 2.5), 1500, 'it ends later than it begins');
  for (let i = 0; i < 4; i++) after(1, 0.6, 0.5, 1.5);
  assert.equal(after(1, 0.6, 0.5, 1.5), 150);
});

test('messages that come together to an idle process are no saturation', () => {
  const { after } = machine();
  for (let i = 0; i < 6; i++) assert.equal(after(1, 0.1, 0.9, 50), 150);
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
