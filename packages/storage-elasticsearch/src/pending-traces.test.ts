import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { PendingTraces } from './pending-traces.ts';

const [a, b] = ['000000000000000a', '463ac35c9f6413ad000000000000000b'];
let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tracekin-pending-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

test('what was not settled is found again by the next process', () => {
  const before = new PendingTraces(dir);
  assert.deepEqual(before.recover(), []);
  before.add([a, b]);
  before.settle([a]);
  // No close: the process was killed.
  assert.deepEqual(new PendingTraces(dir).recover(), [b]);
});

test('a torn last line is left out, what stands before it is not', () => {
  const before = new PendingTraces(dir);
  before.recover();
  before.add([a]);
  before.close();
  appendFileSync(join(dir, 'pending-links.txt'), '00000000');
  assert.deepEqual(new PendingTraces(dir).recover(), [a]);
});

test('lines that are no trace ids are left out', () => {
  appendFileSync(join(dir, 'pending-links.txt'), `hello\n${a}\n-nothing\n`);
  assert.deepEqual(new PendingTraces(dir).recover(), [a]);
});

test('the file does not grow for ever', () => {
  const pending = new PendingTraces(dir);
  pending.recover();
  for (let round = 0; round < 30; round += 1) {
    const ids = Array.from({ length: 1000 }, (_, index) => (round * 1000 + index + 1).toString(16).padStart(16, '0'));
    pending.add(ids);
    pending.settle(ids);
  }
  pending.close();
  assert.ok(readFileSync(join(dir, 'pending-links.txt'), 'latin1').split('\n').length < 12_000);
});
