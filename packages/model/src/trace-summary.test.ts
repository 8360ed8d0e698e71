import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { arbitraryTrace, shuffledTrace } from '../test/arbitrary-trace.ts';
import { at, hex, NOON, span } from '../test/build-span.ts';
import { summarizeTrace } from './trace-summary.ts';
import { traceTimestamp } from './trace-timestamp.ts';

describe('summarizeTrace', () => {
  it('sums up a trace of shared halves and pieces', () => {
    const web = { kind: 'CLIENT', timestamp: NOON, localEndpoint: at('web') };
    const spans = [
      span('1', { ...web, kind: 'SERVER', name: 'get /', duration: 1000 }),
      span('2', { ...web, parentId: '1', timestamp: NOON + 200, duration: 500 }),
      span('2', {
        ...web,
        kind: 'SERVER',
        parentId: '1',
        shared: true,
        localEndpoint: at('app'),
        timestamp: NOON + 300,
        duration: 300,
        tags: { error: '' },
      }),
      span('3', { ...web, parentId: '2', localEndpoint: at('app'), timestamp: NOON + 400, duration: null }),
      span('3', { parentId: '2', duration: 100 }),
    ];
    assert.deepEqual(summarizeTrace(spans), {
      traceId: '0000000000000001',
      rootServiceName: 'web',
      rootSpanName: 'get /',
      timestamp: NOON,
      duration: 1000,
      spanCount: 3,
      reportedSpanCount: 5,
      errorCount: 1,
      services: [
        { serviceName: 'app', spanCount: 2, errorCount: 1 },
        { serviceName: 'web', spanCount: 2, errorCount: 0 },
      ],
      thumbnail: [
        [1, 0, 255, 0],
        [1, 51, 179, 1],
        [0, 77, 153, 2],
        [0, 102, 128, 3],
      ],
    });
  });

  it('says only what is known', () => {
    assert.deepEqual(summarizeTrace([span('1')]), {
      traceId: '0000000000000001',
      spanCount: 1,
      reportedSpanCount: 1,
      errorCount: 0,
      services: [],
      thumbnail: [],
    });
    assert.deepEqual(summarizeTrace([span('1', { timestamp: NOON })]).thumbnail, [[-1, 0, 0, 0]]);
    assert.throws(() => summarizeTrace([]), RangeError);
  });

  it('takes the first span for the root when that was not reported', () => {
    const spans = [
      span('3', { parentId: '9', name: 'second', timestamp: NOON + 10, duration: 5, localEndpoint: at('b') }),
      span('4', { parentId: '9', name: 'first', timestamp: NOON, duration: 5, localEndpoint: at('a') }),
    ];
    const summary = summarizeTrace(spans);
    assert.equal(summary.rootServiceName, 'a');
    assert.equal(summary.rootSpanName, 'first');
    assert.equal(summary.duration, 15);
    assert.deepEqual(
      summary.thumbnail.map(([, , , depth]) => depth),
      [0, 0],
    );
  });

  it('draws the outline of a large trace', () => {
    const spans = Array.from({ length: 500 }, (_, i) =>
      span(hex(i + 1), {
        parentId: i === 0 ? undefined : hex(i % 50 === 0 ? i - 49 : 1),
        timestamp: NOON + i,
        duration: i === 0 ? 1000 : 1 + (i % 40),
        localEndpoint: at('web'),
      }),
    );
    const { thumbnail } = summarizeTrace(spans);
    assert.equal(thumbnail.length, 32);
    assert.deepEqual(thumbnail[0], [0, 0, 255, 0]);
    assert(thumbnail.every(([, start, end]) => start >= 0 && start <= end && end <= 255));
  });

  it('does not depend on the order of the spans and is consistent in itself', () => {
    fc.assert(
      fc.property(shuffledTrace, ([spans, shuffled]) => {
        const summary = summarizeTrace(spans);
        assert.deepEqual(summarizeTrace(shuffled), summary);
        assert.equal(summary.spanCount, new Set(spans.map(({ id }) => id)).size);
        assert(summary.errorCount <= summary.spanCount);
        assert(summary.thumbnail.length <= 32);
        for (const [service, start, end, depth] of summary.thumbnail) {
          assert(service >= -1 && service < summary.services.length && depth >= 0);
          assert(start >= 0 && start <= end && end <= 255);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('traceTimestamp', () => {
  it('is the earliest root, else the earliest span', () => {
    const early = span('2', { parentId: '1', timestamp: 5 });
    assert.equal(traceTimestamp([early, span('1', { timestamp: 9 })]), 9);
    assert.equal(traceTimestamp([span('3', { timestamp: 8 }), early, span('1', { timestamp: 9 })]), 8);
    assert.equal(traceTimestamp([early, span('1')]), 5);
    assert.equal(traceTimestamp([span('1')]), undefined);
    assert.equal(traceTimestamp([]), undefined);
  });

  it('is the time of one of the spans', () => {
    fc.assert(
      fc.property(arbitraryTrace, spans => {
        const times = spans.map(({ timestamp }) => timestamp).filter(time => time !== undefined);
        const start = traceTimestamp(spans);
        if (start === undefined) assert.deepEqual(times, []);
        else assert(times.includes(start));
      }),
    );
  });
});
