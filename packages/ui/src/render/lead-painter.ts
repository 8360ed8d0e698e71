import type { CanvasColors } from '../theme/canvas-colors.ts';

/** Px between two levels, and levels that have a hairline each. */
export const STEP = 12;
export const FULL_STEPS = 12;
/** Of the column of names, at most: more than half of it is the name's. */
const MOST_INDENT = 0.42;
/** Px of the square in the colour of the bar, and where it is beside the indent. */
const SWATCH = 9;
const SWATCH_AT = 23;

/** What stands before a name. */
export interface Lead {
  /** Px */
  readonly indent: number;
  readonly toggle: 'closed' | 'open' | 'none';
}

/** Full steps to depth 12, then ever smaller ones: a chain of 100,000 must not push its names off the screen. */
export function indentOf(depth: number): number {
  if (depth <= FULL_STEPS) return depth * STEP;
  return FULL_STEPS * STEP + Math.round(Math.log2(1 + depth - FULL_STEPS) * 5);
}

/**
 * Draws hairlines of the levels, the arrow that opens and closes, and the square in the row's colour; `timeline.module.css`
 * leaves room for them and lays the part that can be pressed over the arrow.
 *
 * @param width px of the column of names
 */
export function paintLead(
  context: CanvasRenderingContext2D,
  colors: CanvasColors,
  { indent, toggle }: Lead,
  fill: CanvasPattern | string,
  top: number,
  height: number,
  width: number,
): void {
  const most = width * MOST_INDENT;
  const lines = Math.min(FULL_STEPS, Math.floor(indent / STEP));
  context.fillStyle = colors.border;
  for (let i = 0; i < lines && i * STEP < most; i++) context.fillRect(9 + i * STEP, top, 1, height);
  const left = 4 + Math.min(indent, most);
  const middle = top + height / 2;
  if (toggle !== 'none') {
    context.fillStyle = colors.textMuted;
    context.beginPath();
    if (toggle === 'open') {
      context.moveTo(left + 3, middle - 3);
      context.lineTo(left + 11, middle - 3);
      context.lineTo(left + 7, middle + 3);
    } else {
      context.moveTo(left + 5, middle - 4);
      context.lineTo(left + 11, middle);
      context.lineTo(left + 5, middle + 4);
    }
    context.fill();
  }
  const x = Math.round(left + SWATCH_AT - 4);
  const y = top + Math.floor((height - SWATCH) / 2);
  context.translate(x, y);
  context.fillStyle = fill;
  context.beginPath();
  context.roundRect(0, 0, SWATCH, SWATCH, 2);
  context.fill();
  if (colors.barBorder !== undefined) {
    context.strokeStyle = colors.barBorder;
    context.lineWidth = 1;
    context.strokeRect(0.5, 0.5, SWATCH - 1, SWATCH - 1);
  }
  context.translate(-x, -y);
}
