import type { CanvasColors } from '../theme/canvas-colors.ts';
import { prepareCanvas } from '../widgets/prepare-canvas.ts';
import { BarPainter, type BarState } from './bar-painter.ts';
import styles from './timeline.module.css';
import type { TimelineModel } from './timeline-model.ts';
import type { TimeWindow } from './zoom.ts';

/** Where the columns are, in px of the scroller. */
export interface BarsFrame {
  /** Of the time column. */
  readonly left: number;
  readonly width: number;
  readonly nameWidth: number;
  readonly height: number;
  /** Of a row, of which the bar has the lower half when names stand above bars. */
  readonly rowHeight: number;
  readonly stacked: boolean;
}

/** A row that is on the screen. */
export interface BarRow extends BarState {
  /** Px from the top of the scroller. */
  readonly top: number;
}

/**
 * All that is not text of all rows, on one canvas above them. As elements, bars were most of a frame that zooms and, with what
 * stands before names, two thirds of one that shows other rows. The names of rows and of their time cells say the same.
 */
export class TimelineBars {
  readonly element: HTMLCanvasElement = document.createElement('canvas');
  readonly #family: string;
  #frame: BarsFrame = { left: 0, width: 0, nameWidth: 0, height: 0, rowHeight: 22, stacked: false };
  #colors: CanvasColors;
  #painter: BarPainter | undefined;

  /** @param family CSS font family of labels */
  constructor(colors: CanvasColors, family: string) {
    this.#colors = colors;
    this.#family = family;
    this.element.className = styles.bars as string;
  }

  setColors(colors: CanvasColors): void {
    this.#colors = colors;
    this.#painter = undefined;
  }

  setFrame(frame: BarsFrame): void {
    this.#frame = frame;
    this.element.style.width = `${frame.left + frame.width}px`;
    this.element.style.height = `${frame.height}px`;
  }

  /** Makes what drawing needs, which takes longer than what is drawn. */
  prepare(): void {
    this.#begin();
  }

  /**
   * @param rows in any order
   * @param pinned drawn over the others, which end at the bottom of the last of them
   */
  draw(model: TimelineModel, window: TimeWindow, rows: readonly BarRow[], pinned: readonly BarRow[]): void {
    const { left, width, nameWidth, height, rowHeight, stacked } = this.#frame;
    const begun = this.#begin();
    if (begun === undefined) return;
    const { context, painter } = begun;
    painter.begin(model, window, width);
    const line = stacked ? rowHeight / 2 : rowHeight;
    const covered = pinned.length * rowHeight;
    const shown = rows.filter(({ top }) => top + rowHeight > covered && top < height);
    const within = (x: number, from: number, to: number, paint: () => void): void => {
      context.save();
      context.beginPath();
      context.rect(x, from, width + left - x, to - from);
      context.clip();
      paint();
      context.restore();
    };
    const paintAll = (list: readonly BarRow[], from: number, to: number): void => {
      within(0, from, to, () => {
        for (const row of list) painter.lead(row, row.top, line, nameWidth);
      });
      within(left, from, to, () => {
        context.translate(left, 0);
        for (const row of list) painter.row(row, row.top + rowHeight - line, line);
      });
    };
    paintAll(shown, covered, height);
    if (pinned.length > 0) paintAll(pinned, 0, covered);
  }
  /** An empty canvas of the size of the frame; undefined when there is no room or no canvas. */
  #begin(): { context: CanvasRenderingContext2D; painter: BarPainter } | undefined {
    const { left, width, height } = this.#frame;
    if (width <= 0 || height <= 0) return undefined;
    const context = prepareCanvas(this.element, left + width, height);
    if (context === undefined) return undefined;
    this.#painter ??= new BarPainter(context, this.#colors, this.#family);
    return { context, painter: this.#painter };
  }
}
