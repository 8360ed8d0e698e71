import type { TraceSummary } from '@tracekin/model';
import type { TimeFormat } from '../../format/time.ts';
import { formatDuration } from '../../kernel/duration-text.ts';
import type { CanvasColors } from '../../theme/canvas-colors.ts';
import { type Box, isInBox } from './box.ts';
import type { PlotScale } from './plot-scale.ts';

export interface PlotPicture {
  readonly traces: readonly TraceSummary[];
  readonly scale: PlotScale;
  readonly box: Box | undefined;
  readonly hovered: TraceSummary | undefined;
  readonly time: TimeFormat;
}

/** Draws axes, one mark for each trace (a cross when it has errors) and the selection. */
export function drawPlot(context: CanvasRenderingContext2D, picture: PlotPicture, colors: CanvasColors): void {
  const { traces, scale, box, hovered } = picture;
  drawAxes(context, picture, colors);
  if (box !== undefined) drawBox(context, scale, box, colors);
  for (const trace of traces) {
    if (trace.timestamp === undefined || trace.errorCount > 0) continue;
    drawDot(
      context,
      scale.x(trace.timestamp),
      scale.y(trace.duration ?? 0),
      colors.accent,
      dimmed(trace, box) ? 0.25 : 0.75,
    );
  }
  // Errors last: they must not be hidden by the others.
  for (const trace of traces) {
    if (trace.timestamp === undefined || trace.errorCount === 0) continue;
    drawCross(
      context,
      scale.x(trace.timestamp),
      scale.y(trace.duration ?? 0),
      colors.error,
      dimmed(trace, box) ? 0.3 : 1,
    );
  }
  if (hovered?.timestamp !== undefined) {
    context.globalAlpha = 1;
    context.strokeStyle = colors.text;
    context.lineWidth = 1.5;
    context.beginPath();
    context.arc(scale.x(hovered.timestamp), scale.y(hovered.duration ?? 0), 6, 0, 2 * Math.PI);
    context.stroke();
  }
  context.globalAlpha = 1;
}

function dimmed(trace: TraceSummary, box: Box | undefined): boolean {
  return box !== undefined && !isInBox(trace, box);
}

export function drawAxes(
  context: CanvasRenderingContext2D,
  { scale, time }: Pick<PlotPicture, 'scale' | 'time'>,
  colors: CanvasColors,
): void {
  const { left, right, top, bottom } = scale.area;
  context.font = '11px system-ui, sans-serif';
  context.lineWidth = 1;
  context.strokeStyle = colors.border;
  context.fillStyle = colors.textMuted;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (const tick of scale.durationTicks) {
    const y = Math.round(scale.y(tick)) + 0.5;
    line(context, left, y, right, y);
    context.fillText(formatDuration(tick), left - 6, y);
  }
  line(context, left, bottom + 0.5, right, bottom + 0.5);
  context.textBaseline = 'top';
  const count = Math.max(2, Math.floor((right - left) / 130));
  const [start, end] = [scale.timeAt(left), scale.timeAt(right)];
  const label = tickLabel(time, start, end, count);
  for (let i = 0; i <= count; i++) {
    const at = start + ((end - start) * i) / count;
    const x = Math.round(scale.x(at)) + 0.5;
    context.textAlign = i === 0 ? 'left' : i === count ? 'right' : 'center';
    context.fillText(label(at / 1000), x, bottom + 5);
    if (i > 0 && i < count) line(context, x, top, x, bottom);
  }
}

/** How ticks between `start` and `end`, epoch µs, are written so that no two of them read the same. */
export function tickLabel(time: TimeFormat, start: number, end: number, count: number): (epochMs: number) => string {
  if (end - start > 86_400_000_000) return at => `${time.day(at)} ${time.shortClock(at)}`;
  return end - start < count * 1_000_000 ? time.preciseClock : time.clock;
}

export function drawBox(context: CanvasRenderingContext2D, scale: PlotScale, box: Box, colors: CanvasColors): void {
  const { area } = scale;
  const left = Math.max(area.left, scale.x(box.fromTime));
  const right = Math.min(area.right, scale.x(box.toTime));
  const top = Number.isFinite(box.toDuration) ? Math.max(area.top, scale.y(box.toDuration)) : area.top;
  const bottom = box.fromDuration <= 0 ? area.bottom : Math.min(area.bottom, scale.y(box.fromDuration));
  if (right < left || bottom < top) return;
  context.globalAlpha = 0.12;
  context.fillStyle = colors.accent;
  context.fillRect(left, top, right - left, bottom - top);
  context.globalAlpha = 1;
  context.strokeStyle = colors.accent;
  context.strokeRect(Math.round(left) + 0.5, Math.round(top) + 0.5, Math.round(right - left), Math.round(bottom - top));
}

function drawDot(context: CanvasRenderingContext2D, x: number, y: number, color: string, alpha: number): void {
  context.globalAlpha = alpha;
  context.fillStyle = color;
  context.beginPath();
  context.arc(x, y, 3.5, 0, 2 * Math.PI);
  context.fill();
}

function drawCross(context: CanvasRenderingContext2D, x: number, y: number, color: string, alpha: number): void {
  context.globalAlpha = alpha;
  context.strokeStyle = color;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(x - 3.5, y - 3.5);
  context.lineTo(x + 3.5, y + 3.5);
  context.moveTo(x + 3.5, y - 3.5);
  context.lineTo(x - 3.5, y + 3.5);
  context.stroke();
}

function line(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}
