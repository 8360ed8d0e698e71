import { groupStart } from '../kernel/repeats.ts';
import { groupOfEntry, isGroup } from '../kernel/rows.ts';
import type { ServiceColor } from '../kernel/service-colors.ts';
import { ERROR, NO_DURATION, PAIR } from '../kernel/trace.ts';
import type { CanvasColors } from '../theme/canvas-colors.ts';
import { type Lead, paintLead } from './lead-painter.ts';
import { type CanvasFills, canvasFills } from './service-fill.ts';
import type { TimelineModel } from './timeline-model.ts';
import type { TimeWindow } from './zoom.ts';

/** More marks than this on one bar cannot be told apart. */
const MOST_MARKS = 40;
/** Px of a bar's height, and of the thin line of a caller around its server. */
const THICK = 10;
const THIN = 4;
const RADIUS = 2;
/** Of what is not on the critical path. */
const DIM = 0.35;
/** Of 16 px, the root's font size where the reader has not chosen another one. */
const LABEL_REM = 0.6875;
/** Widths kept; a trace has few different labels at a time. */
const MOST_WIDTHS = 4000;

/** What a row looks like beside its times. */
export interface BarState extends Lead {
  readonly entry: number;
  readonly label: string;
  /** Chosen or found: its background is another one, on which its text must be read. */
  readonly strong: boolean;
  /** There is a critical path, and it does not touch this. */
  readonly dim: boolean;
}

/** Draws the bar of one row after the other: span, annotations, critical path and label, or the window of a group. */
export class BarPainter {
  readonly #context: CanvasRenderingContext2D;
  readonly #colors: CanvasColors;
  readonly #fills: CanvasFills;
  readonly #font: string;
  readonly #widths = new Map<string, number>();
  /** Px from the middle of a line down to its baseline. */
  readonly #baseline: number;
  #model: TimelineModel | undefined;
  #from = 0;
  #scale = 0;
  #width = 0;

  constructor(context: CanvasRenderingContext2D, colors: CanvasColors, family: string) {
    this.#context = context;
    this.#colors = colors;
    this.#fills = canvasFills(colors);
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
    this.#font = `${LABEL_REM * rem}px ${family}`;
    context.font = this.#font;
    const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = context.measureText('0');
    this.#baseline = Math.round((up - down) / 2);
  }

  /** @param width px that show the window */
  begin(model: TimelineModel, window: TimeWindow, width: number): void {
    this.#model = model;
    this.#from = window.from;
    this.#scale = width / (window.to - window.from);
    this.#width = width;
    // A canvas that got another size has forgotten it.
    this.#context.font = this.#font;
  }

  /** @param top px of the line that the bar is in the middle of */
  row(state: BarState, top: number, height: number): void {
    const model = this.#model as TimelineModel;
    const middle = top + Math.floor(height / 2);
    if (isGroup(state.entry)) this.#group(model, state, middle);
    else this.#span(model, state, middle, top + height);
  }

  /** What stands before the name. @param width px of the column of names */
  lead(state: BarState, top: number, height: number, width: number): void {
    const { colors, colorKey, repeats } = this.#model as TimelineModel;
    const row = isGroup(state.entry)
      ? (repeats.members[groupStart(repeats, groupOfEntry(state.entry))] as number)
      : state.entry;
    paintLead(
      this.#context,
      this.#colors,
      state,
      this.#fills.fill(colors[colorKey[row] as number]),
      top,
      height,
      width,
    );
  }

  #span(model: TimelineModel, state: BarState, middle: number, bottom: number): void {
    const { trace } = model;
    const row = state.entry;
    const flags = trace.flags[row] as number;
    const color = model.colors[model.colorKey[row] as number];
    const clientColor = model.colors[model.clientColorKey[row] as number] ?? color;
    const start = trace.start[row] as number;
    const left = this.#px(start);
    const right = this.#px(start + (trace.duration[row] as number));
    const serverStart = trace.serverStart[row] as number;
    const failed = (flags & ERROR) !== 0;
    let end = right;
    this.#context.globalAlpha = state.dim ? DIM : 1;
    const outer = (flags & PAIR) !== 0 ? clientColor : color;
    // Of a call seen from both sides: the caller as a thin line around, the server as a bar inside; between them the network.
    if (serverStart >= 0) {
      const to = this.#px(serverStart + Math.max(0, trace.serverDuration[row] as number));
      this.#bar(left, right, middle, THIN, 1, outer, false);
      this.#bar(this.#px(serverStart), to, middle, THICK, RADIUS, color, failed);
      end = Math.max(end, to);
    } else if ((flags & NO_DURATION) !== 0) this.#open(left, middle, outer, failed);
    else this.#bar(left, right, middle, THICK, RADIUS, outer, failed);
    this.#context.globalAlpha = 1;
    this.#label(state, left, end, middle);
    this.#annotations(model, row, middle);
    this.#path(model, row, bottom);
  }

  #group(model: TimelineModel, state: BarState, middle: number): void {
    const context = this.#context;
    const { repeats, trace } = model;
    const group = groupOfEntry(state.entry);
    const { members } = repeats;
    const first = groupStart(repeats, group);
    const end = repeats.memberEnd[group] as number;
    const left = this.#px(repeats.windowStart[group] as number);
    const right = this.#px(repeats.windowEnd[group] as number);
    const [x, width] = this.#cut(left, right);
    const dim = state.dim ? DIM : 1;
    const fill = this.#fills.fill(model.colors[model.colorKey[members[first] as number] as number]);
    context.fillStyle = fill;
    context.globalAlpha = 0.14 * dim;
    context.fillRect(x, middle - THICK / 2, width, THICK);
    context.globalAlpha = dim;
    context.strokeStyle = fill;
    context.lineWidth = 1;
    context.setLineDash([3, 2]);
    context.strokeRect(x + 0.5, middle - THICK / 2 + 0.5, Math.max(0, width - 1), THICK - 1);
    context.setLineDash([]);
    context.globalAlpha = 1;
    this.#label(state, left, right, middle);
    // Inside the window: where its members are.
    context.fillStyle = this.#colors.textMuted;
    let used = 0;
    let lastX = -10;
    for (let m = first; m < end && used < MOST_MARKS; m++) {
      const at = Math.round(this.#px(trace.start[members[m] as number] as number));
      if (at < 0 || at > this.#width || at - lastX < 3) continue;
      lastX = at;
      context.fillRect(at, middle - 3, 2, 6);
      used++;
    }
  }

  #px(micros: number): number {
    return (micros - this.#from) * this.#scale;
  }

  /** Cut at the edges: numbers of a billion px lose precision, and a zoomed root is that wide. */
  #cut(left: number, right: number): readonly [x: number, width: number] {
    const from = Math.max(-8, Math.min(left, this.#width + 8));
    const to = Math.max(-8, Math.min(right, this.#width + 8));
    return [from, Math.max(1, to - from)];
  }

  #bar(
    left: number,
    right: number,
    middle: number,
    height: number,
    radius: number,
    color: ServiceColor | undefined,
    failed: boolean,
  ): void {
    const context = this.#context;
    const [x, width] = this.#cut(left, right);
    const y = middle - height / 2;
    if (failed) this.#ring(x, y, width, height);
    // From the bar's corner on, so that a pattern moves with its bar.
    context.translate(x, y);
    context.fillStyle = this.#fills.fill(color);
    this.#box(0, 0, width, height, radius);
    if (this.#colors.barBorder !== undefined) {
      context.strokeStyle = this.#colors.barBorder;
      context.lineWidth = 1;
      context.strokeRect(0.5, 0.5, Math.max(0, width - 1), height - 1);
    }
    context.translate(-x, -y);
  }

  /** A span without a duration: only its start is known. */
  #open(left: number, middle: number, color: ServiceColor | undefined, failed: boolean): void {
    const [x] = this.#cut(left, left);
    if (failed) this.#ring(x, middle - THICK / 2, 2, THICK);
    this.#context.fillStyle = this.#fills.fill(color);
    this.#context.fillRect(x, middle - THICK / 2, 2, THICK);
  }

  /** Around a failed span, with a gap to it. */
  #ring(x: number, y: number, width: number, height: number): void {
    this.#context.fillStyle = this.#colors.error;
    this.#box(x - 2.5, y - 2.5, width + 5, height + 5, RADIUS + 2.5);
    this.#context.fillStyle = this.#colors.background;
    this.#box(x - 1, y - 1, width + 2, height + 2, RADIUS + 1);
  }

  #box(x: number, y: number, width: number, height: number, radius: number): void {
    const context = this.#context;
    if (width <= 2) {
      context.fillRect(x, y, width, height);
      return;
    }
    context.beginPath();
    context.roundRect(x, y, width, height, Math.min(radius, width / 2));
    context.fill();
  }

  /** Beside the bar where there is room: right, else left, else inside at the right edge, where the bar's end must be seen. */
  #label({ label, strong }: BarState, left: number, right: number, middle: number): void {
    const width = this.#width;
    const end = Math.max(right, left + 1);
    if (end < 0 || left > width) return;
    const context = this.#context;
    const size = this.#measure(label);
    const need = size + 8;
    let x = end + 4;
    if (end + need > width) {
      if (left - need > 0) x = left - need + 2;
      else {
        x = Math.min(end, width) - size - 12;
        context.fillStyle = this.#colors.background;
        this.#box(Math.round(x) - 4, middle - 6, Math.round(size) + 8, 13, RADIUS);
        context.fillStyle = this.#colors.text;
        context.fillText(label, Math.round(x), middle + this.#baseline);
        return;
      }
    }
    context.fillStyle = strong ? this.#colors.text : this.#colors.textMuted;
    context.fillText(label, Math.round(x), middle + this.#baseline);
  }

  #measure(label: string): number {
    let width = this.#widths.get(label);
    if (width === undefined) {
      if (this.#widths.size > MOST_WIDTHS) this.#widths.clear();
      width = this.#context.measureText(label).width;
      this.#widths.set(label, width);
    }
    return width;
  }

  #annotations(model: TimelineModel, row: number, middle: number): void {
    const { annotationEnd, annotationTime } = model.trace;
    let used = 0;
    let lastX = -10;
    const from = row === 0 ? 0 : (annotationEnd[row - 1] as number);
    for (let a = from; a < (annotationEnd[row] as number) && used < MOST_MARKS; a++) {
      const x = Math.round(this.#px(annotationTime[a] as number));
      if (x < 0 || x > this.#width || Math.abs(x - lastX) < 2) continue;
      lastX = x;
      this.#context.fillStyle = this.#colors.background;
      this.#context.fillRect(x - 1, middle - 6, 3, 12);
      this.#context.fillStyle = this.#colors.text;
      this.#context.fillRect(x, middle - 6, 1, 12);
      used++;
    }
  }

  /** The row's segments of the critical path, those that touch as one. */
  #path({ path, pathIndex }: TimelineModel, row: number, bottom: number): void {
    if (path === undefined || pathIndex === undefined) return;
    let openLeft = Number.NaN;
    let openRight = 0;
    const flush = (): void => {
      if (Number.isNaN(openLeft)) return;
      const width = Math.max(1, openRight - openLeft);
      this.#context.fillStyle = this.#colors.background;
      this.#context.fillRect(openLeft - 1, bottom - 5, width + 2, 4);
      this.#context.fillStyle = this.#colors.text;
      this.#context.fillRect(openLeft, bottom - 4, width, 2);
    };
    for (let s = pathIndex.start[row] as number; s < (pathIndex.start[row + 1] as number); s++) {
      const segment = pathIndex.order[s] as number;
      const left = Math.max(0, this.#px(path.from[segment] as number));
      const right = Math.min(this.#width, this.#px(path.to[segment] as number));
      if (right < 0 || left > this.#width) continue;
      if (left - openRight < 1.5 && !Number.isNaN(openLeft)) openRight = right;
      else {
        flush();
        openLeft = left;
        openRight = right;
      }
    }
    flush();
  }
}
