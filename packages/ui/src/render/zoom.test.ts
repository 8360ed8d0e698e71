import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ZoomModel } from './zoom.ts';

test('zooming keeps the moment under the pointer in its place', () => {
  const zoom = new ZoomModel(1000);
  zoom.zoomBy(0.5, 250);
  assert.deepEqual(zoom.window, { from: 125, to: 625 });
  zoom.zoomBy(2, 250);
  assert.deepEqual(zoom.window, { from: 0, to: 1000 });
  assert.ok(zoom.isWhole);
});

test('panning stops at the ends and keeps the width', () => {
  const zoom = new ZoomModel(1000, { from: 100, to: 300 });
  zoom.panBy(10);
  assert.deepEqual(zoom.window, { from: 800, to: 1000 });
  zoom.panBy(-0.5);
  assert.deepEqual(zoom.window, { from: 700, to: 900 });
});

test('whatever is done, the window stays inside of the trace and has a width', () => {
  const step = fc.oneof(
    fc.tuple(
      fc.constant('zoom'),
      fc.double({ min: 0.01, max: 100, noNaN: true }),
      fc.double({ min: -50, max: 5000, noNaN: true }),
    ),
    fc.tuple(fc.constant('pan'), fc.double({ min: -5, max: 5, noNaN: true }), fc.constant(0)),
    fc.tuple(
      fc.constant('fit'),
      fc.double({ min: 0, max: 1000, noNaN: true }),
      fc.double({ min: 0, max: 2000, noNaN: true }),
    ),
  );
  fc.assert(
    fc.property(fc.array(step), steps => {
      const zoom = new ZoomModel(1000);
      for (const [what, a, b] of steps) {
        if (what === 'zoom') zoom.zoomBy(a, b);
        else if (what === 'pan') zoom.panBy(a);
        else zoom.fit(a, b);
        const { from, to } = zoom.window;
        assert.ok(from >= 0 && to <= 1000.0001 && to - from >= 1.999, `${what} ${a} ${b}: ${from}-${to}`);
      }
    }),
  );
});
