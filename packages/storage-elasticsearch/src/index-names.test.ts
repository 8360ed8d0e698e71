import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IndexNames } from './index-names.ts';

const names = new IndexNames('zipkin', '-');
const at = (text: string): number => Date.parse(`${text}Z`);

test('an index is named for its UTC day', () => {
  assert.equal(names.of('span', at('2026-04-08T23:59:59.999')), 'zipkin-span-2026-04-08');
  assert.equal(
    new IndexNames('tracing', '.').of('dependency', at('2026-04-08T00:00')),
    'tracing-dependency-2026.04.08',
  );
  assert.equal(new IndexNames('zipkin', '').of('span', at('2026-04-08T00:00')), 'zipkin-span-20260408');
});

test('a window within a day asks one index', () => {
  assert.deepEqual(names.window('span', at('2026-04-08T01:00'), at('2026-04-08T02:00')), ['zipkin-span-2026-04-08']);
});

test('a window over midnight asks both days', () => {
  assert.deepEqual(names.window('span', at('2026-04-30T23:00'), at('2026-05-01T01:00')), [
    'zipkin-span-2026-04-30',
    'zipkin-span-2026-05-01',
  ]);
});

test('whole months and years become wildcards', () => {
  assert.deepEqual(names.window('span', at('2024-11-30T00:00'), at('2026-02-02T00:00')), [
    'zipkin-span-2024-11-30',
    'zipkin-span-2024-12-*',
    'zipkin-span-2025-*',
    'zipkin-span-2026-01-*',
    'zipkin-span-2026-02-01',
    'zipkin-span-2026-02-02',
  ]);
});

test('a window from the beginning of time starts when Zipkin did and stays short', () => {
  const window = names.window('span', 0, at('2026-11-21T00:00'));
  assert.equal(window[0], 'zipkin-span-2016-03-*');
  assert.ok(window.length < 60, `${window.length} names`);
});

test('a window that ends before Zipkin existed asks nothing', () => {
  assert.deepEqual(names.window('span', 0, at('2015-01-01T00:00')), []);
});

test('the day of an index is read from its name, and only from one of ours', () => {
  assert.equal(names.dayOf('span', 'zipkin-span-2026-04-08'), at('2026-04-08T00:00'));
  assert.equal(new IndexNames('zipkin', '').dayOf('span', 'zipkin-span-20260408'), at('2026-04-08T00:00'));
  assert.equal(names.dayOf('span', 'zipkin-dependency-2026-04-08'), undefined);
  assert.equal(names.dayOf('span', 'zipkin-span-old'), undefined);
  assert.equal(names.dayOf('span', 'other-span-2026-04-08'), undefined);
});
