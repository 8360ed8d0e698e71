import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ODD_DAY } from '../write/bucket.ts';
import { type DayUsage, daysToDrop, type RetentionLimits } from './retention-plan.ts';

const TODAY = 20_000;
const usage: DayUsage[] = [0, 1, 2, 3].map(ago => ({
  day: TODAY - ago,
  bytes: 100,
  spans: 1,
  lastWritten: TODAY - ago,
}));

function dropped(limits: RetentionLimits, days: readonly DayUsage[] = usage): (readonly [number, string])[] {
  return daysToDrop(days, limits, TODAY).map(({ day, reason }) => [TODAY - day, reason] as const);
}

test('days before the last whole ones go by age', () => {
  assert.deepEqual(dropped({ days: 2 }), [[3, 'age']]);
  assert.deepEqual(dropped({ days: 3 }), []);
});

test('the oldest days go until the rest fits', () => {
  assert.deepEqual(dropped({ bytes: 250 }), [
    [3, 'bytes'],
    [2, 'bytes'],
  ]);
  assert.deepEqual(dropped({ bytes: 400 }), []);
});

test('what goes by age counts for the bytes', () => {
  assert.deepEqual(dropped({ days: 2, bytes: 300 }), [[3, 'age']]);
});

test('today and the future stay, however much they are', () => {
  assert.deepEqual(dropped({ days: 1, bytes: 1 }, [usage[0]!, { ...usage[0]!, day: TODAY + 1 }]), []);
});

test('odd timestamps go by when they were written', () => {
  const odd = { day: ODD_DAY, bytes: 100, spans: 1, lastWritten: TODAY - 5 };
  assert.deepEqual(
    daysToDrop([odd], { days: 4 }, TODAY).map(({ day }) => day),
    [ODD_DAY],
  );
  assert.deepEqual(daysToDrop([odd], { days: 5 }, TODAY), []);
});

test('without limits nothing goes', () => {
  assert.deepEqual(dropped({}), []);
});
