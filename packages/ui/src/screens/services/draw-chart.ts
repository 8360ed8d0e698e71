import type { TimeFormat } from '../../format/time.ts';
import type { CanvasColors } from '../../theme/canvas-colors.ts';

/** One line of a chart: a value per bucket of time, undefined where there is none. */
export interface ChartLine {
  /** For the legend; absent when the chart has one line. */
  readonly name?: string;
  readonly values: readonly (number | undefined)[];
  readonly color: string;
  readonly dashed?: boolean;
  readonly filled?: boolean;
  readonly bold?: boolean;
}

export interface ChartPicture {
  readonly lines: readonly ChartLine[];
  /** How many buckets the time has. */
  readonly buckets: number;
  readonly startTs: number;
  readonly bucketMs: number;
  readonly scale: ChartScale;
  readonly format: (value: number) => string;
  readonly time: TimeFormat;
  /** Whether times are written below. */
  readonly withTimes: boolean;
  readonly cursor: number | undefined;
  /** Buckets that are being selected. */
  readonly selected: readonly [from: number, to: number] | undefined;
}

/** CSS pixels. */
export interface ChartScale {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly ticks: readonly number[];
  readonly y: (value: number) => number;
}

const MARGIN = { left: 60, top: 8, right: 12 };

/** From 0 in a line, or by powers of ten. */
export function chartScale(
  lines: readonly ChartLine[],
  kind: 'linear' | 'log',
  size: { readonly width: number; readonly height: number },
  below: number,
): ChartScale {
  const values = lines.flatMap(({ values }) => values.filter(value => value !== undefined));
  const area = {
    left: MARGIN.left,
    right: Math.max(MARGIN.left + 1, size.width - MARGIN.right),
    top: MARGIN.top,
    bottom: Math.max(MARGIN.top + 1, size.height - below),
  };
  const high = values.reduce((most, value) => Math.max(most, value), 0);
  if (kind === 'linear') {
    const most = niceCeiling(high);
    return {
      ...area,
      ticks: high === 0 ? [0] : [0, most / 2, most],
      y: value => area.bottom - (value / most) * (area.bottom - area.top),
    };
  }
  const low = values.reduce((least, value) => Math.min(least, Math.max(1, value)), Math.max(1, high));
  const [bottom, top] = [Math.log10(low) - 0.15, Math.max(Math.log10(Math.max(1, high)) + 0.15, Math.log10(low) + 0.6)];
  const steps = top - bottom < 2 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let power = Math.floor(bottom); power <= top; power++) {
    for (const step of steps) {
      const tick = step * 10 ** power;
      if (tick >= 10 ** bottom && tick <= 10 ** top) ticks.push(tick);
    }
  }
  const perPower = (area.bottom - area.top) / (top - bottom);
  return { ...area, ticks, y: value => area.bottom - (Math.log10(Math.max(1, value)) - bottom) * perPower };
}

export function drawChart(context: CanvasRenderingContext2D, picture: ChartPicture, colors: CanvasColors): void {
  const { scale, lines, buckets, selected, cursor } = picture;
  const { left, right, top, bottom } = scale;
  const x = (bucket: number): number => left + ((right - left) * bucket) / buckets;
  drawAxes(context, picture, colors, x);
  if (selected !== undefined) {
    context.globalAlpha = 0.15;
    context.fillStyle = colors.accent;
    context.fillRect(x(selected[0]), top, x(selected[1] + 1) - x(selected[0]), bottom - top);
    context.globalAlpha = 1;
  }
  for (const line of lines) drawLine(context, line, bucket => x(bucket + 0.5), scale);
  if (cursor !== undefined) {
    context.strokeStyle = colors.textMuted;
    context.lineWidth = 1;
    segment(context, Math.round(x(cursor + 0.5)) + 0.5, top, Math.round(x(cursor + 0.5)) + 0.5, bottom);
  }
}

function drawAxes(
  context: CanvasRenderingContext2D,
  { scale, format, time, startTs, bucketMs, buckets, withTimes }: ChartPicture,
  colors: CanvasColors,
  x: (bucket: number) => number,
): void {
  const { left, right, top, bottom } = scale;
  context.font = '11px system-ui, sans-serif';
  context.lineWidth = 1;
  context.strokeStyle = colors.border;
  context.fillStyle = colors.textMuted;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const tick of scale.ticks) {
    const y = Math.round(scale.y(tick)) + 0.5;
    segment(context, left, y, right, y);
    context.fillText(format(tick), left - 6, y);
  }
  const count = Math.max(2, Math.floor((right - left) / 130));
  const withDay = bucketMs * buckets > 86_400_000;
  context.textBaseline = 'top';
  for (let i = 0; i <= count; i++) {
    const at = (buckets * i) / count;
    if (i > 0 && i < count) segment(context, Math.round(x(at)) + 0.5, top, Math.round(x(at)) + 0.5, bottom);
    if (!withTimes) continue;
    context.textAlign = i === 0 ? 'left' : i === count ? 'right' : 'center';
    const ms = startTs + at * bucketMs;
    context.fillText(withDay ? `${time.day(ms)} ${time.shortClock(ms)}` : time.clock(ms), x(at), bottom + 5);
  }
}

function drawLine(
  context: CanvasRenderingContext2D,
  { values, color, dashed = false, filled = false, bold = false }: ChartLine,
  x: (bucket: number) => number,
  { y, bottom }: ChartScale,
): void {
  context.strokeStyle = color;
  context.fillStyle = color;
  context.lineWidth = bold ? 2 : 1.5;
  context.setLineDash(dashed ? [5, 3] : []);
  let start: number | undefined;
  // A gap in the values is a gap in the line: nothing is known there.
  for (let bucket = 0; bucket <= values.length; bucket++) {
    const known = bucket < values.length && values[bucket] !== undefined;
    if (known) start ??= bucket;
    if (known || start === undefined) continue;
    context.beginPath();
    for (let at = start; at < bucket; at++) context.lineTo(x(at), y(values[at]!));
    if (bucket - start === 1) context.lineTo(x(start) + 2, y(values[start]!));
    context.stroke();
    if (filled) {
      context.lineTo(x(bucket - 1), bottom);
      context.lineTo(x(start), bottom);
      context.globalAlpha = 0.18;
      context.fill();
      context.globalAlpha = 1;
    }
    start = undefined;
  }
  context.setLineDash([]);
}

function segment(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

function niceCeiling(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 5, 10].map(step => step * power).find(step => step >= value) ?? 10 * power;
}
