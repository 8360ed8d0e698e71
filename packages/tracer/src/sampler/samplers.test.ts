import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { HttpRequest } from '../http-parser.ts';
import { newTraceId } from '../id-pool.ts';
import { boundarySampler } from './boundary.ts';
import { httpRules } from './http-rules.ts';
import { rateLimitingSampler } from './rate-limiting.ts';
import { alwaysSample, neverSample } from './sampler.ts';

describe('The boundary sampler', () => {
  it('keeps the share it is given', () => {
    for (const rate of [0.01, 0.1, 0.5, 0.9]) {
      const sampler = boundarySampler(rate);
      let kept = 0;
      for (let i = 0; i < 20_000; i++) if (sampler.isSampled(newTraceId(i % 2 === 0 ? 64 : 128, false))) kept++;
      assert.ok(Math.abs(kept / 20_000 - rate) < 0.02, `${kept} of 20000 at ${rate}`);
    }
  });

  it('keeps at a lower rate a subset of what it keeps at a higher one, by the low 64 bits alone', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        const id = newTraceId(128, false);
        const kept = boundarySampler(low).isSampled(id);
        if (kept) assert.ok(boundarySampler(high).isSampled(id));
        assert.equal(boundarySampler(low).isSampled(id.slice(16)), kept);
      }),
    );
  });

  it('keeps nothing that Zipkin’s collector drops at the same rate', () => {
    const max = 2n ** 63n - 1n;
    for (let i = 0; i < 5_000; i++) {
      const id = newTraceId(64, false);
      const signed = BigInt.asIntN(64, BigInt(`0x${id}`));
      const magnitude = signed < 0n ? -signed : signed;
      if (boundarySampler(0.25).isSampled(id)) assert.ok(magnitude <= max / 4n, id);
    }
  });

  it('is all or nothing at the ends and refuses what is not a share', () => {
    assert.equal(boundarySampler(1), alwaysSample);
    assert.equal(boundarySampler(0), neverSample);
    for (const rate of [-0.1, 1.1, Number.NaN]) assert.throws(() => boundarySampler(rate), /between 0 and 1/);
  });
});

describe('The rate-limiting sampler', () => {
  const count = (sampler: { isSampled(id: string): boolean }, calls: number): number => {
    let kept = 0;
    for (let i = 0; i < calls; i++) if (sampler.isSampled('')) kept++;
    return kept;
  };

  it('spreads a second’s allowance over its tenths', () => {
    let now = 0;
    const sampler = rateLimitingSampler(100, () => now);
    const kept = Array.from({ length: 10 }, (_, tenth) => {
      now = tenth * 100;
      return count(sampler, 50);
    });
    assert.deepEqual(kept, Array(10).fill(10));
    now = 1000;
    assert.equal(count(sampler, 50), 10);
  });

  it('lets later tenths use what earlier ones left', () => {
    let now = 0;
    const sampler = rateLimitingSampler(100, () => now);
    count(sampler, 0);
    sampler.isSampled('');
    now = 900;
    assert.equal(count(sampler, 200), 99);
  });

  it('also works for a few a second, and none', () => {
    let now = 0;
    const sampler = rateLimitingSampler(2, () => now);
    assert.equal(count(sampler, 50), 2);
    now = 1500;
    assert.equal(count(sampler, 50), 2);
    assert.equal(count(rateLimitingSampler(0), 5), 0);
    assert.throws(() => rateLimitingSampler(-1), /0 or more/);
  });
});

describe('Rules for requests', () => {
  const request = (method: string, path: string): HttpRequest => ({ method, path, url: path, header: () => undefined });

  it('decide by the first that matches, else defer', () => {
    const sampler = boundarySampler(0.5);
    const decide = httpRules([
      { pathPrefix: '/health', sample: false },
      { method: 'post', path: '/pay', sample: true },
      { path: /^\/api\/\d+$/, sample: sampler },
      { when: ({ url }) => url.includes('debug'), sample: true },
    ]);
    assert.equal(decide(request('GET', '/health/live')), false);
    assert.equal(decide(request('POST', '/pay')), true);
    assert.equal(decide(request('GET', '/pay')), undefined);
    assert.equal(decide(request('GET', '/api/42')), sampler);
    assert.equal(decide(request('GET', '/x?debug')), true);
  });
});
