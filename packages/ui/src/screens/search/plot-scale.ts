import type { TraceSummary } from '@tracekin/model';
import type { Box } from './box.ts';

/** Where a trace is drawn: time runs right in a line, duration up in powers of ten. CSS pixels. */
export interface PlotScale {
  readonly x: (epochMicros: number) => number;
  readonly y: (durationMicros: number) => number;
  readonly timeAt: (x: number) => number;
  readonly durationAt: (y: number) => number;
  /** Powers of ten within the scale, with their doubles and fivefolds when there are few; microseconds. */
  readonly durationTicks: readonly number[];
  readonly area: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };
}

export interface PlotSize {
  readonly width: number;
  readonly height: number;
}

const MARGIN = { left: 52, top: 8, right: 12, bottom: 20 };

/** The scale that shows `traces` within `window` (epoch microseconds); a fifth of a power of ten is kept free at both ends. */
export function plotScale(
  traces: readonly Pick<TraceSummary, 'timestamp' | 'duration'>[],
  window: { readonly start: number; readonly end: number },
  size: PlotSize,
): PlotScale {
  const area = {
    left: MARGIN.left,
    top: MARGIN.top,
    right: Math.max(MARGIN.left + 1, size.width - MARGIN.right),
    bottom: Math.max(MARGIN.top + 1, size.height - MARGIN.bottom),
  };
  let low = Number.POSITIVE_INFINITY;
  let high = 1;
  let { start, end } = window;
  for (const { timestamp, duration = 0 } of traces) {
    low = Math.min(low, Math.max(1, duration));
    high = Math.max(high, duration);
    // A trace is found by any of its spans: its start may lie before the window.
    if (timestamp !== undefined) {
      start = Math.min(start, timestamp);
      end = Math.max(end, timestamp);
    }
  }
  const bottom = Math.log10(Number.isFinite(low) ? low : 1) - 0.2;
  const top = Math.max(Math.log10(high) + 0.2, bottom + 1);
  const perMicro = (area.right - area.left) / Math.max(1, end - start);
  const perPower = (area.bottom - area.top) / (top - bottom);
  const durationTicks: number[] = [];
  // A short axis would show one power of ten or none.
  const steps = top - bottom < 2 ? [1, 2, 5] : [1];
  for (let power = Math.floor(bottom); power <= top; power++) {
    durationTicks.push(
      ...steps.map(step => step * 10 ** power).filter(tick => tick >= 10 ** bottom && tick <= 10 ** top),
    );
  }
  return {
    area,
    durationTicks,
    x: time => area.left + (time - start) * perMicro,
    y: duration => area.bottom - (Math.log10(Math.max(1, duration)) - bottom) * perPower,
    timeAt: x => start + (x - area.left) / perMicro,
    durationAt: y => 10 ** (bottom + (area.bottom - y) / perPower),
  };
}

/** The traces' part of the plot between two corners, in any order. Touching the lowest line means "and below". */
export function boxBetween(
  scale: PlotScale,
  a: readonly [x: number, y: number],
  b: readonly [x: number, y: number],
): Box {
  const left = Math.max(scale.area.left, Math.min(a[0], b[0]));
  const right = Math.min(scale.area.right, Math.max(a[0], b[0]));
  const top = Math.max(scale.area.top, Math.min(a[1], b[1]));
  const bottom = Math.min(scale.area.bottom, Math.max(a[1], b[1]));
  return {
    fromTime: Math.floor(scale.timeAt(left)),
    toTime: Math.ceil(scale.timeAt(right)),
    fromDuration: bottom >= scale.area.bottom ? 0 : Math.floor(scale.durationAt(bottom)),
    toDuration: top <= scale.area.top ? Number.POSITIVE_INFINITY : Math.ceil(scale.durationAt(top)),
  };
}

/** The trace whose point is nearest, at most 8 pixels away. */
export function nearestTrace(
  traces: readonly TraceSummary[],
  scale: PlotScale,
  x: number,
  y: number,
): TraceSummary | undefined {
  let nearest: TraceSummary | undefined;
  let best = 64;
  for (const trace of traces) {
    if (trace.timestamp === undefined) continue;
    const distance = (scale.x(trace.timestamp) - x) ** 2 + (scale.y(trace.duration ?? 0) - y) ** 2;
    if (distance <= best) {
      best = distance;
      nearest = trace;
    }
  }
  return nearest;
}
