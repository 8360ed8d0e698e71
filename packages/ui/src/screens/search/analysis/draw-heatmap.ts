import { stepStart } from '@tracekin/model';
import type { Heatmap } from '../../../api/analysis.ts';
import type { TimeFormat } from '../../../format/time.ts';
import type { CanvasColors } from '../../../theme/canvas-colors.ts';
import type { Box } from '../box.ts';
import { drawAxes, drawBox } from '../draw-plot.ts';
import type { PlotScale } from '../plot-scale.ts';
import type { HeatCell } from './heat-cells.ts';

export interface HeatPicture {
  readonly heatmap: Heatmap;
  readonly cells: readonly HeatCell[];
  readonly scale: PlotScale;
  readonly box: Box | undefined;
  readonly hovered: HeatCell | undefined;
  readonly time: TimeFormat;
}

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where a cell is drawn, in CSS pixels. */
export function cellPlace({ startTs, bucketMs }: Heatmap, scale: PlotScale, cell: HeatCell): Rectangle {
  const x = scale.x((startTs + cell.bucket * bucketMs) * 1000);
  const right = Math.min(scale.area.right, scale.x((startTs + (cell.bucket + 1) * bucketMs) * 1000));
  const y = Math.max(scale.area.top, scale.y(stepStart(cell.endStep)));
  return { x, y, width: right - x, height: Math.min(scale.area.bottom, scale.y(stepStart(cell.step))) - y };
}

/** More spans are darker, on a logarithmic scale; a cell with errors has a red foot as wide as their part. */
export function drawHeatmap(context: CanvasRenderingContext2D, picture: HeatPicture, colors: CanvasColors): void {
  const { heatmap, cells, scale, box, hovered } = picture;
  drawAxes(context, picture, colors);
  const most = cells.reduce((max, { spans }) => Math.max(max, spans), 1);
  for (const cell of cells) {
    const { x, y, width, height } = cellPlace(heatmap, scale, cell);
    context.globalAlpha = most === 1 ? 0.7 : 0.22 + (0.78 * Math.log(cell.spans)) / Math.log(most);
    context.fillStyle = colors.accent;
    context.fillRect(x, y, Math.max(1, width - 0.5), Math.max(1, height - 0.5));
  }
  // Errors last: one among thousands is what the reader looks for.
  context.globalAlpha = 1;
  context.fillStyle = colors.error;
  for (const cell of cells) {
    if (cell.errors === 0) continue;
    const { x, y, width, height } = cellPlace(heatmap, scale, cell);
    const foot = Math.max(2.5, Math.min(height, height * 0.5));
    context.fillRect(x, y + height - foot, Math.max(2, (width - 0.5) * (cell.errors / cell.spans)), foot);
  }
  if (box !== undefined) drawBox(context, scale, box, colors);
  if (hovered !== undefined) {
    const { x, y, width, height } = cellPlace(heatmap, scale, hovered);
    context.strokeStyle = colors.text;
    context.lineWidth = 1.5;
    context.strokeRect(x, y, width, height);
  }
}
