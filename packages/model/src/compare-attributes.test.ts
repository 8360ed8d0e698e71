import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Attribute, compareAttributes } from './compare-attributes.ts';

const tag = (key: string, value: string): Attribute => ({ field: 'tag', key, value });
const service = (value: string): Attribute => ({ field: 'serviceName', value });

test('what the selection has and the rest has not comes first, with both shares', () => {
  const slow = Array.from({ length: 100 }, (_, i) => [
    service('pay'),
    tag('pod', i < 90 ? 'b-7' : 'b-1'),
    tag('id', `s${i}`),
  ]);
  const rest = Array.from({ length: 1000 }, (_, i) => [
    service(i % 2 === 0 ? 'pay' : 'cart'),
    tag('pod', i % 10 === 0 ? 'b-7' : 'b-1'),
    tag('id', `r${i}`),
  ]);
  assert.deepEqual(compareAttributes(slow, rest), [
    { field: 'tag', key: 'pod', value: 'b-7', selected: 0.9, rest: 0.1 },
    { field: 'serviceName', value: 'pay', selected: 1, rest: 0.5 },
  ]);
});

test('a tag with many values is named by its presence', () => {
  const failed = Array.from({ length: 50 }, (_, i) => [tag('exception.id', String(i))]);
  const rest = Array.from({ length: 50 }, () => [tag('a', '1')]);
  assert.deepEqual(compareAttributes(failed, rest), [{ field: 'tag', key: 'exception.id', selected: 1, rest: 0 }]);
});

test('chance is no difference, and nothing compares with nothing', () => {
  const coin = (length: number, odd: number): Attribute[][] =>
    Array.from({ length }, (_, i) => [tag('side', i % odd === 0 ? 'head' : 'tail')]);
  assert.deepEqual(compareAttributes(coin(40, 2), coin(400, 2)), []);
  assert.deepEqual(compareAttributes([[tag('a', '1')]], coin(10, 2)), []);
  assert.deepEqual(compareAttributes([], coin(10, 2)), []);
  assert.deepEqual(compareAttributes(coin(10, 2), []), []);
});
