import assert from 'node:assert/strict';
import { test } from 'node:test';
import { giveBack } from './http-body.ts';

test('a body gives its memory back, and one that shares memory keeps it', () => {
  const own = Buffer.from(new ArrayBuffer(60_000));
  giveBack(own);
  assert.equal(own.buffer.byteLength, 0);
  const shared = Buffer.from(new ArrayBuffer(100), 10, 20);
  giveBack(shared);
  assert.equal(shared.buffer.byteLength, 100);
  giveBack(Buffer.alloc(0));
});
