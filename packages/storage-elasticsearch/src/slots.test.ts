import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Slots } from './slots.ts';

test('no more tasks run than there are slots, and each gets its turn, also after a failure', async () => {
  const slots = new Slots(2);
  let [running, most] = [0, 0];
  const done: number[] = [];
  const task = (number: number): Promise<void> =>
    slots.use(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(resolve => setImmediate(resolve));
      running -= 1;
      done.push(number);
      if (number % 2 === 0) throw new Error('even');
    });
  const results = await Promise.allSettled([0, 1, 2, 3, 4].map(task));
  assert.equal(most, 2);
  assert.deepEqual(done, [0, 1, 2, 3, 4]);
  assert.equal(results.filter(({ status }) => status === 'rejected').length, 3);
});
