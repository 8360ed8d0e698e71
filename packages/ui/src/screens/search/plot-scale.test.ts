import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TraceSummary } from '@tracekin/model';
import { formatBox, isInBox, readBox } from './box.ts';
import { boxBetween, nearestTrace, plotScale } from './plot-scale.ts';

const trace = (traceId: string, timestamp: number, duration?: number): TraceSummary => ({
  traceId,
  timestamp,
  duration,
  spanCount: 1,
  reportedSpanCount: 1,
  errorCount: 0,
  services: [],
  thumbnail: [],
});
const traces = [trace('a', 1_000_000, 100), trace('b', 2_000_000, 1_000_000), trace('c', 3_000_000)];
const scale = plotScale(traces, { start: 0, end: 4_000_000 }, { width: 800, height: 150 });

describe('the plot', () => {
  it('places every trace inside its area', () => {
    for (const { timestamp, duration } of traces) {
      const [x, y] = [scale.x(timestamp!), scale.y(duration ?? 0)];
      assert.ok(
        x >= scale.area.left && x <= scale.area.right && y >= scale.area.top && y <= scale.area.bottom,
        `${x} ${y}`,
      );
    }
  });

  it('inverts its own scale', () => {
    assert.ok(Math.abs(scale.timeAt(scale.x(1_234_567)) - 1_234_567) < 1);
    assert.ok(Math.abs(scale.durationAt(scale.y(4321)) - 4321) < 0.01);
  });

  it('stretches to traces that began before the window', () => {
    const early = plotScale([trace('z', -5000, 1)], { start: 0, end: 10 }, { width: 300, height: 100 });
    assert.ok(early.x(-5000) >= early.area.left);
  });

  it('selects what lies between two corners, whichever is first', () => {
    const corners = [
      [scale.x(500_000), scale.y(10)],
      [scale.x(1_500_000), scale.y(10_000)],
    ] as const;
    for (const box of [boxBetween(scale, corners[0], corners[1]), boxBetween(scale, corners[1], corners[0])]) {
      assert.deepEqual(
        traces.filter(one => isInBox(one, box)).map(({ traceId }) => traceId),
        ['a'],
      );
    }
  });

  it('leaves a box open that reaches an edge, so that nothing on the edge is lost', () => {
    const box = boxBetween(scale, [-50, -50], [10_000, 10_000]);
    assert.deepEqual([box.fromDuration, box.toDuration], [0, Number.POSITIVE_INFINITY]);
    assert.equal(traces.filter(one => isInBox(one, box)).length, 3);
  });

  it('finds the trace under the pointer, and none far away', () => {
    assert.equal(nearestTrace(traces, scale, scale.x(2_000_000) + 3, scale.y(1_000_000) - 3)?.traceId, 'b');
    assert.equal(nearestTrace(traces, scale, scale.x(2_000_000) + 30, scale.y(1_000_000)), undefined);
  });

  it('has a box in the address that survives the way there and back', () => {
    for (const box of [
      { fromTime: 1, toTime: 2, fromDuration: 0, toDuration: Number.POSITIVE_INFINITY },
      { fromTime: 1_795_256_000_000_000, toTime: 1_795_256_900_000_000, fromDuration: 5, toDuration: 10 },
    ]) {
      assert.deepEqual(readBox(formatBox(box)), box);
    }
    for (const text of [undefined, '', 'x', '1-2', '1-2,3', '1-2,3-x', '-1-2,3-4'])
      assert.equal(readBox(text), undefined);
  });
});
