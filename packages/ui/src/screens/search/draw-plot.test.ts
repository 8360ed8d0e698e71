import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeFormat } from '../../format/time.ts';
import { tickLabel } from './draw-plot.ts';

test('no two ticks of the time axis read the same, however short or long it is', () => {
  const start = Date.UTC(2026, 10, 28, 10, 11, 37) * 1000;
  const count = 7;
  for (const seconds of [0.05, 1, 3.5, 6.9, 7, 60, 3600, 86_000, 7 * 86_400]) {
    const label = tickLabel(timeFormat('en', 'UTC'), start, start + seconds * 1e6, count);
    const labels = Array.from({ length: count + 1 }, (_, i) => label((start + (seconds * 1e6 * i) / count) / 1000));
    assert.equal(new Set(labels).size, count + 1, labels.join(' '));
  }
});

test('half seconds are written as such, and whole ones without', () => {
  const start = Date.UTC(2026, 10, 28, 10, 11, 37) * 1000;
  const of = (seconds: number): string =>
    tickLabel(timeFormat('en', 'UTC'), start, start + seconds * 1e6, 7)(start / 1000 + 500);
  assert.equal(of(3.5), '10:11:37.500');
  assert.equal(of(60), '10:11:37');
});
