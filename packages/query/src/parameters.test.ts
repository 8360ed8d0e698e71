import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { intParameter, longParameter, requiredLongParameter, textParameter } from './parameters.ts';

test('the first of several values counts', () => {
  assert.equal(textParameter({ a: ['x', 'y'] }, 'a'), 'x');
  assert.equal(longParameter({ a: ['5', 'y'] }, 'a'), 5);
  assert.equal(textParameter({}, 'a'), undefined);
});

test('whole numbers are read as Java reads a long, and kept within what a number can hold exactly', () => {
  assert.equal(longParameter({ a: '+7' }, 'a'), 7);
  assert.equal(longParameter({ a: '-7' }, 'a'), -7);
  assert.equal(longParameter({ a: '007' }, 'a'), 7);
  assert.equal(longParameter({ a: '' }, 'a'), undefined);
  assert.equal(longParameter({ a: '9223372036854775807' }, 'a'), Number.MAX_SAFE_INTEGER);
  assert.equal(longParameter({ a: '-9223372036854775808' }, 'a'), Number.MIN_SAFE_INTEGER);
  for (const text of ['9223372036854775808', ' 1', '1 ', '1.0', '1e3', '0x1', '--1', '+', 'x', '١']) {
    assert.throws(() => longParameter({ a: text }, 'a'), { message: `For input string: "${text}"` });
  }
  assert.throws(() => intParameter({ a: '2147483648' }, 'a'), /For input string/);
  assert.throws(() => requiredLongParameter({}, 'a'), /is missing: a/);
});

test('any text is either a number or refused, never NaN', () => {
  fc.assert(
    fc.property(fc.string(), text => {
      let value: number | undefined;
      try {
        value = longParameter({ a: text }, 'a');
      } catch {
        return;
      }
      assert.ok(text === '' ? value === undefined : Number.isSafeInteger(value));
    }),
  );
});
