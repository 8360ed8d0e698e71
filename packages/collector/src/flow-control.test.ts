import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FlowControl } from './flow-control.ts';

test('nobody waits while storage keeps up', () => {
  assert.equal(new FlowControl(() => false).admit(), undefined);
});

test('senders wait together until storage has caught up', async () => {
  let behind = true;
  const flow = new FlowControl(() => behind, 10_000);
  const first = flow.admit();
  assert.ok(first !== undefined);
  assert.equal(flow.admit(), first);
  flow.recheck();
  let released = false;
  const waiting = first.then(() => {
    released = true;
  });
  await new Promise(setImmediate);
  assert.equal(released, false, 'still behind');
  behind = false;
  flow.recheck();
  await waiting;
  assert.equal(flow.admit(), undefined);
});

test('nobody waits longer than the limit, however far storage is behind', async () => {
  const flow = new FlowControl(() => true, 10);
  const since = performance.now();
  await flow.admit();
  assert.ok(performance.now() - since < 1000);
  assert.notEqual(flow.admit(), undefined, 'the next one waits again');
  await flow.admit();
});
