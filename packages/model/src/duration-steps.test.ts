import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addSteps, durationStep, NO_DURATION_STEP, quantileOfSteps, rankInSteps, stepStart } from './duration-steps.ts';

test('a duration lies in its step, which is at most a sixteenth wide', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), duration => {
      const step = durationStep(duration);
      assert.ok(stepStart(step) <= duration && duration < stepStart(step + 1));
      assert.ok(stepStart(step + 1) / stepStart(step) <= 1.0625 + 1e-12);
    }),
  );
  assert.deepEqual([1, 2, 4, 1024].map(durationStep), [0, 16, 32, 160]);
  assert.deepEqual([undefined, 0].map(durationStep), [NO_DURATION_STEP, NO_DURATION_STEP]);
});

test('a quantile of steps is within a step of the exact one', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 10_000_000 }), { minLength: 1, maxLength: 200 }),
      fc.constantFrom(0.01, 0.5, 0.9, 0.95, 0.99, 1),
      (durations, part) => {
        const counts = addSteps(durations.map(duration => [durationStep(duration), 1]));
        const sorted = durations.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)]!;
        assert.equal(durationStep(quantileOfSteps(counts, part)), durationStep(exact));
      },
    ),
  );
  assert.equal(quantileOfSteps([[NO_DURATION_STEP, 3]], 0.5), undefined);
});

test('a rank says how many are shorter', () => {
  const counts = addSteps([10, 20, 30, 40, 1000].map(duration => [durationStep(duration), 1]));
  assert.equal(rankInSteps(counts, 5), 0);
  assert.equal(rankInSteps(counts, 35), 0.6);
  assert.equal(rankInSteps(counts, 1000), 0.9);
  assert.equal(rankInSteps(counts, 5000), 1);
  assert.equal(rankInSteps([], 1), undefined);
});
