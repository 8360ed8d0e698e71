import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { arbitraryTrace } from '../test/arbitrary-trace.ts';
import { hex, NOON, span } from '../test/build-span.ts';
import { criticalPath } from './critical-path.ts';
import { selfTimes } from './self-time.ts';
import type { Span } from './span.ts';
import { buildSpanTree, preOrder } from './span-tree.ts';

function timed(id: number, start: number, end: number, parent?: number): Span {
  return span(hex(id), {
    parentId: parent === undefined ? undefined : hex(parent),
    timestamp: NOON + start,
    duration: end - start,
  });
}

/** `id start-end` of each segment. */
function path(...spans: Span[]): string {
  return criticalPath(buildSpanTree(spans))
    .map(({ span, start, end }) => `${Number.parseInt(span.id, 16)} ${start - NOON}-${end - NOON}`)
    .join(', ');
}

describe('criticalPath', () => {
  it('is the span itself where nothing is below', () => {
    assert.equal(path(timed(1, 0, 10)), '1 0-10');
    assert.equal(path(span('1')), '');
    assert.equal(path(), '');
  });

  it('goes through children one after the other', () => {
    assert.equal(
      path(timed(1, 0, 100), timed(2, 10, 40, 1), timed(3, 50, 90, 1)),
      '1 0-10, 2 10-40, 1 40-50, 3 50-90, 1 90-100',
    );
  });

  it('goes down into children', () => {
    assert.equal(path(timed(1, 0, 10), timed(2, 2, 8, 1), timed(3, 4, 6, 2)), '1 0-2, 2 2-4, 3 4-6, 2 6-8, 1 8-10');
  });

  it('follows the child that finishes last and passes over what ran beside it', () => {
    assert.equal(path(timed(1, 0, 100), timed(2, 10, 60, 1), timed(3, 20, 90, 1)), '1 0-20, 3 20-90, 1 90-100');
    const before = [timed(1, 0, 100), timed(2, 5, 15, 1), timed(3, 10, 60, 1), timed(4, 20, 90, 1)];
    assert.equal(path(...before), '1 0-5, 2 5-15, 1 15-20, 4 20-90, 1 90-100');
  });

  it('takes the longer of two children that finish together', () => {
    assert.equal(path(timed(1, 0, 10), timed(2, 5, 10, 1), timed(3, 2, 10, 1)), '1 0-2, 3 2-10');
  });

  it('cuts children at the ends of their parent', () => {
    assert.equal(path(timed(1, 10, 20), timed(2, 15, 40, 1)), '1 10-15, 2 15-20');
    assert.equal(path(timed(1, 10, 20), timed(2, 0, 15, 1)), '2 10-15, 1 15-20');
    assert.equal(path(timed(1, 10, 20), timed(2, 0, 90, 1)), '2 10-20');
    assert.equal(path(timed(1, 10, 20), timed(2, 25, 90, 1), timed(3, 0, 5, 1)), '1 10-20');
  });

  it('cuts a child that outlives its parent although another one starts after the parent', () => {
    assert.equal(path(timed(1, 0, 10), timed(2, 12, 20, 1), timed(3, 5, 15, 1)), '1 0-5, 3 5-10');
  });

  it('looks through spans without times', () => {
    const untimed = span(hex(2), { parentId: hex(1) });
    assert.equal(path(timed(1, 0, 10), untimed, timed(3, 2, 8, 2)), '1 0-2, 3 2-8, 1 8-10');
  });

  it('covers what ran when the root was not reported', () => {
    assert.equal(path(timed(2, 0, 10, 1), timed(3, 20, 30, 1)), '2 0-10, 3 20-30');
  });

  it('covers the root exactly, for any trace', () => {
    fc.assert(
      fc.property(arbitraryTrace, spans => {
        const root = buildSpanTree(spans);
        const segments = criticalPath(root);
        for (const [i, { start, end, span }] of segments.entries()) {
          assert(start < end);
          assert(start >= span.timestamp! && end <= span.timestamp! + span.duration!);
          if (i > 0) assert(segments[i - 1]!.end <= start);
        }
        const { timestamp, duration } = root.span ?? {};
        if (timestamp === undefined || duration === undefined) return;
        assert.equal(segments[0]!.start, timestamp);
        assert.equal(segments.at(-1)!.end, timestamp + duration);
        assert.equal(
          segments.reduce((sum, { start, end }) => sum + end - start, 0),
          duration,
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('takes a chain and a fan of 100,000 spans', () => {
    const many = 100_000;
    const chain = Array.from({ length: many }, (_, i) => timed(i + 1, i, many * 2 - i, i === 0 ? undefined : i));
    assert.equal(criticalPath(buildSpanTree(chain)).length, many * 2 - 1);
    const fan = Array.from({ length: many }, (_, i) => (i === 0 ? timed(1, 0, many) : timed(i + 1, i - 1, i, 1)));
    assert.equal(criticalPath(buildSpanTree(fan)).length, many);
  });
});

describe('selfTimes', () => {
  function self(...spans: Span[]): number[] {
    return [...selfTimes(buildSpanTree(spans)).values()];
  }

  it('is what children leave', () => {
    assert.deepEqual(self(timed(1, 0, 100)), [100]);
    assert.deepEqual(self(timed(1, 0, 100), timed(2, 10, 40, 1), timed(3, 50, 90, 1)), [30, 30, 40]);
  });

  it('counts overlapping children once and only inside of the span', () => {
    assert.deepEqual(
      self(timed(1, 0, 100), timed(2, 10, 60, 1), timed(3, 20, 40, 1), timed(4, 50, 70, 1)),
      [40, 50, 20, 20],
    );
    assert.deepEqual(self(timed(1, 10, 20), timed(2, 0, 15, 1), timed(3, 18, 90, 1)), [3, 15, 72]);
  });

  it('leaves out spans without times', () => {
    assert.deepEqual(
      self(timed(1, 0, 10), span(hex(2), { parentId: hex(1) }), span(hex(3), { timestamp: NOON })),
      [10],
    );
  });

  it('is never more than the duration nor less than zero', () => {
    fc.assert(
      fc.property(arbitraryTrace, spans => {
        const root = buildSpanTree(spans);
        const times = selfTimes(root);
        for (const node of preOrder(root)) {
          const time = times.get(node);
          assert.equal(time === undefined, node.span!.timestamp === undefined || node.span!.duration === undefined);
          if (time !== undefined) assert(time >= 0 && time <= node.span!.duration!);
        }
      }),
    );
  });
});
