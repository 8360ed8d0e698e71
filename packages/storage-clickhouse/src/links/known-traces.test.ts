import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KnownTraces } from './known-traces.ts';

/** Counters are ids too, and the hardest to tell apart. */
const id = (i: number): [number, number] => [i >>> 0, i % 3 === 0 ? 0 : Math.imul(i, 0x9e3779b1) >>> 0];

test('a trace that was added is known, and few others are taken for one', () => {
  const known = new KnownTraces(20);
  const added = 80_000;
  for (let i = 0; i < added; i++) known.add(...id(i));
  for (let i = 0; i < added; i++) assert(known.has(...id(i)));
  let mistaken = 0;
  for (let i = added; i < 2 * added; i++) if (known.has(...id(i))) mistaken++;
  // 13 bits and 4 hashes a trace: 0.5 %.
  assert(mistaken < added * 0.01, `${mistaken} of ${added}`);
});

test('nothing is known at the start', () => {
  const known = new KnownTraces(12);
  for (let i = 0; i < 1_000; i++) assert(!known.has(...id(i)));
});
