import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { plotScale } from '../plot-scale.ts';
import { heatCells, stepsByBucket, stepsPerRow } from './heat-cells.ts';

describe('cells of a heatmap', () => {
  const cells = [
    [0, 160, 3, 0],
    [0, 161, 2, 1],
    [0, -1, 9, 0],
    [1, 176, 1, 1],
  ] as const;

  it('join rows that would be too low to see, and leave out what has no duration', () => {
    assert.deepEqual(heatCells(cells, 4), [
      { bucket: 0, step: 160, endStep: 164, spans: 5, errors: 1 },
      { bucket: 1, step: 176, endStep: 180, spans: 1, errors: 1 },
    ]);
    assert.equal(heatCells(cells, 1).length, 3);
  });

  it('share a row by as much as the height asks for', () => {
    const scale = (height: number) =>
      plotScale([{ duration: 1 }, { duration: 10_000_000 }], { start: 0, end: 1 }, { width: 800, height });
    assert.equal(stepsPerRow(scale(10_000)), 1);
    assert.ok(stepsPerRow(scale(230)) > stepsPerRow(scale(1_000)));
  });

  it('add up to the spans of each bucket', () => {
    assert.deepEqual(
      stepsByBucket({ cells, buckets: 3 }).map(({ spans, errors }) => [spans, errors]),
      [
        [14, 1],
        [1, 1],
        [0, 0],
      ],
    );
  });
});
