import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration, formatTick, parseDuration, timeTicks } from './duration-text.ts';

test('durations have three digits and the unit that fits', () => {
  const texts = [
    0, 7, 999, 999.7, 1000, 1234, 12_345, 123_456, 999_499, 999_600, 1_210_000, 59_940_000, 60_000_000, 185_000_000,
    7_800_000_000, -1500,
  ].map(formatDuration);
  assert.deepEqual(texts, [
    '0 µs',
    '7 µs',
    '999 µs',
    '1 ms',
    '1 ms',
    '1.23 ms',
    '12.3 ms',
    '123 ms',
    '999 ms',
    '1 s',
    '1.21 s',
    '59.9 s',
    '1 min',
    '3 min 5 s',
    '2 h 10 min',
    '−1.5 ms',
  ]);
});

test('durations are read with and without unit', () => {
  assert.deepEqual(
    ['50ms', '1.5 s', '200us', '2m', '7', '3µs', '1h'].map(parseDuration),
    [50_000, 1_500_000, 200, 120_000_000, 7, 3, 3.6e9],
  );
  for (const text of ['', 'ms', '-5ms', '5 parsecs', '1e3']) assert.ok(Number.isNaN(parseDuration(text)), text);
});

test('ticks are round, within the window and not too many', () => {
  assert.deepEqual(timeTicks(0, 100, 5), [0, 20, 40, 60, 80, 100]);
  assert.deepEqual(timeTicks(130, 250, 4), [150, 200, 250]);
  assert.deepEqual(timeTicks(5, 5, 4), []);
});

test('the ticks of an axis share unit and decimals', () => {
  assert.deepEqual(
    [0, 200_000, 1_200_000].map(tick => formatTick(tick, 200_000, 1_200_000)),
    ['0.0 s', '0.2 s', '1.2 s'],
  );
  assert.deepEqual(
    [100, 150].map(tick => formatTick(tick, 50, 150)),
    ['100 µs', '150 µs'],
  );
});
