import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createSampler } from './sampler.ts';

const max = 2n ** 63n - 1n;

/** The rule as zipkin.md 2.1 words it, with 64-bit integers. */
function zipkinKeeps(traceId: string, rate: number): boolean {
  const boundary = BigInt(Math.floor(Math.fround(rate) * 2 ** 63));
  const low = BigInt.asIntN(64, BigInt(`0x${traceId.slice(-16)}`));
  const absolute = low === -(2n ** 63n) ? max : low < 0n ? -low : low;
  return absolute <= (boundary > max ? max : boundary);
}

const hex64 = fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }).map(id => id.toString(16).padStart(16, '0'));

test('the sampler keeps the traces that the rule with 64-bit integers keeps', () => {
  const rates = fc.oneof(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.constantFrom(0, 1e-12, 0.0001, 0.1, 0.5, 0.9999, 1),
  );
  fc.assert(
    fc.property(hex64, rates, (traceId, rate) => {
      assert.equal(createSampler(rate).isSampled({ traceId }), zipkinKeeps(traceId, rate));
    }),
    { numRuns: 2000 },
  );
});

test('ids next to the boundary fall on the same side as by the rule', () => {
  for (const rate of [1e-12, 0.0001, 0.1, 0.25, 0.5, 0.75, 0.9999]) {
    const boundary = BigInt(Math.floor(Math.fround(rate) * 2 ** 63));
    for (const difference of [-(2n ** 32n), -1n, 0n, 1n, 2n ** 32n]) {
      for (const sign of [1n, -1n]) {
        const id = BigInt.asUintN(64, sign * (boundary + difference));
        const traceId = id.toString(16).padStart(16, '0');
        assert.equal(createSampler(rate).isSampled({ traceId }), zipkinKeeps(traceId, rate), `${traceId} at ${rate}`);
      }
    }
  }
});

test('only the low 64 bits of a 128-bit id decide', () => {
  const sampler = createSampler(0.5);
  assert.equal(sampler.isSampled({ traceId: 'ffffffffffffffff0000000000000001' }), true);
  assert.equal(sampler.isSampled({ traceId: '00000000000000017fffffffffffffff' }), false);
});

test('the smallest signed id is dropped at every rate below 1 and kept at 1', () => {
  assert.equal(createSampler(0.9999).isSampled({ traceId: '8000000000000000' }), false);
  assert.equal(createSampler(1).isSampled({ traceId: '8000000000000000' }), true);
});

test('a debug span is kept at rate 0, others are not', () => {
  const sampler = createSampler(0);
  assert.equal(sampler.isSampled({ traceId: '0000000000000001', debug: true }), true);
  assert.equal(sampler.isSampled({ traceId: '0000000000000001' }), false);
});

test('rate 0.1 keeps about a tenth', () => {
  const sampler = createSampler(0.1);
  let kept = 0;
  let seed = 1n;
  for (let i = 0; i < 20_000; i++) {
    seed = BigInt.asUintN(64, seed * 6364136223846793005n + 1442695040888963407n);
    if (sampler.isSampled({ traceId: seed.toString(16).padStart(16, '0') })) kept++;
  }
  assert.ok(kept > 1700 && kept < 2300, `kept ${kept} of 20000`);
});

test('a rate outside of 0 to 1 is refused with the text that Zipkin uses', () => {
  for (const rate of [-1, 1.1, Number.NaN]) {
    assert.throws(() => createSampler(rate), {
      name: 'TracekinError',
      code: 'invalid-configuration',
      message: `rate should be between 0 and 1: was ${rate}`,
    });
  }
});
