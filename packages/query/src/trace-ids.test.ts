import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTraceIds } from './trace-ids.ts';

test('ids are normalised and keep their order', () => {
  assert.deepEqual(parseTraceIds('b,463ac35c9f6413ad48485a3953bb6124'), [
    '000000000000000b',
    '463ac35c9f6413ad48485a3953bb6124',
  ]);
});

test('a thousand ids are taken; beyond, the rest is one malformed id', () => {
  const ids = (count: number): string => Array.from({ length: count }, (_, i) => (i + 1).toString(16)).join(',');
  assert.equal(parseTraceIds(ids(1000)).length, 1000);
  assert.throws(() => parseTraceIds(ids(1001)), /3e8,3e9 should be lower-hex encoded with no prefix/);
});

test('one id in two spellings is redundant', () => {
  assert.throws(
    () => parseTraceIds('1,00000000000000000000000000000001'),
    /redundant traceId: 00000000000000000000000000000001/,
  );
});
