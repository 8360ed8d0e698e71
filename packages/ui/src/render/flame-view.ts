import type { Flame } from '../kernel/flame.ts';
import type { ServiceColor } from '../kernel/service-colors.ts';
import { sortedByKey } from '../kernel/tree.ts';
import type { CanvasColors } from '../theme/canvas-colors.ts';
import { onDrag } from './drag.ts';
import { prepare } from './minimap-view.ts';
import { canvasFills } from './service-fill.ts';
import type { ZoomModel } from './zoom.ts';

export interface FlameLabels {
  /** What is written on box `i` when it fits. */
  box(i: number): string;
}

export interface FlameEvents {
  hover(box: number, x: number, y: number): void;
  select(box: number): void;
  zoomTo(box: number): void;
}

const LINE = 20;
/** Narrower boxes are drawn without text. */
const TEXT_FROM = 34;

/**
 * Draws a flame picture on a canvas of the size of the screen. Boxes are visited line by line from the left, and boxes that
 * fall on the same pixel are drawn as one, so that a frame costs the pixels and not the spans.
 */
export class FlameView {
  readonly #host: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #zoom: ZoomModel;
  readonly #events: FlameEvents;
  readonly #abort = new AbortController();
  readonly #resize: ResizeObserver;
  readonly #unsubscribe: () => void;
  #flame: Flame;
  #services: readonly ServiceColor[];
  #colors: CanvasColors;
  #labels: FlameLabels;
  #selectedRow = -1;
  /** Boxes sorted by line then left, and where each line begins. */
  #order: Int32Array = new Int32Array(0);
  #lineStart: Int32Array = new Int32Array(1);
  /** Largest right edge so far in a line: lets a binary search find the first box that reaches into the window. */
  #reach: Float64Array = new Float64Array(0);
  #scroll = 0;
  #frame = 0;

  constructor(
    host: HTMLElement,
    flame: Flame,
    services: readonly ServiceColor[],
    colors: CanvasColors,
    labels: FlameLabels,
    zoom: ZoomModel,
    events: FlameEvents,
  ) {
    this.#host = host;
    this.#zoom = zoom;
    this.#flame = flame;
    this.#services = services;
    this.#colors = colors;
    this.#labels = labels;
    this.#events = events;
    this.#canvas = document.createElement('canvas');
    this.#canvas.style.cssText = 'position:sticky;top:0;left:0;display:block';
    this.#canvas.setAttribute('aria-hidden', 'true');
    host.append(this.#canvas);
    this.#index();
    this.#unsubscribe = zoom.subscribe(() => this.#schedule());
    this.#resize = new ResizeObserver(() => this.#schedule());
    this.#resize.observe(host);
    this.#listen();
    this.#schedule();
  }

  select(row: number): void {
    this.#selectedRow = row;
    this.#schedule();
  }

  setColors(colors: CanvasColors): void {
    this.#colors = colors;
    this.#schedule();
  }

  /** Lines above the screen, by keyboard or wheel. */
  scrollBy(px: number): void {
    const most = Math.max(0, this.#flame.lines * LINE - this.#host.clientHeight + 4);
    this.#scroll = Math.max(0, Math.min(most, this.#scroll + px));
    this.#schedule();
  }

  destroy(): void {
    this.#abort.abort();
    this.#unsubscribe();
    this.#resize.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#canvas.remove();
  }

  #index(): void {
    const { count, line, left, width, lines } = this.#flame;
    const byLeft = sortedByKey(left);
    this.#lineStart = new Int32Array(lines + 1);
    for (let i = 0; i < count; i++)
      this.#lineStart[(line[i] as number) + 1] = (this.#lineStart[(line[i] as number) + 1] as number) + 1;
    for (let l = 1; l <= lines; l++)
      this.#lineStart[l] = (this.#lineStart[l] as number) + (this.#lineStart[l - 1] as number);
    const fill = this.#lineStart.slice();
    this.#order = new Int32Array(count);
    for (const box of byLeft) {
      const l = line[box] as number;
      this.#order[fill[l] as number] = box;
      fill[l] = (fill[l] as number) + 1;
    }
    this.#reach = new Float64Array(count);
    for (let l = 0; l < lines; l++) {
      let reach = Number.NEGATIVE_INFINITY;
      for (let k = this.#lineStart[l] as number; k < (this.#lineStart[l + 1] as number); k++) {
        const box = this.#order[k] as number;
        reach = Math.max(reach, (left[box] as number) + (width[box] as number));
        this.#reach[k] = reach;
      }
    }
  }

  #schedule(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw(): void {
    const width = this.#host.clientWidth;
    const height = this.#host.clientHeight;
    if (width === 0 || height === 0) return;
    const context = prepare(this.#canvas, width, height);
    if (context === null) return;
    const { left, width: boxWidth, lines, service, row } = this.#flame;
    const { from, to } = this.#zoom.window;
    const scale = width / (to - from);
    const fills = canvasFills(this.#colors);
    context.font = '11px system-ui, sans-serif';
    context.textBaseline = 'middle';
    const firstLine = Math.floor(this.#scroll / LINE);
    const lastLine = Math.min(lines - 1, Math.floor((this.#scroll + height) / LINE));
    for (let l = firstLine; l <= lastLine; l++) {
      const top = l * LINE - this.#scroll;
      let drawnTo = -1;
      for (let k = this.#firstReaching(l, from); k < (this.#lineStart[l + 1] as number); k++) {
        const box = this.#order[k] as number;
        if ((left[box] as number) > to) break;
        const x = Math.max(0, ((left[box] as number) - from) * scale);
        const end = Math.min(width, ((left[box] as number) + (boxWidth[box] as number) - from) * scale);
        if (end < drawnTo + 0.5) continue;
        const w = Math.max(1, end - x - 0.5);
        const color = this.#services[service[box] as number];
        context.globalAlpha = 1;
        context.fillStyle = fills.fill(color);
        context.fillRect(x, top, w, LINE - 2);
        drawnTo = Math.max(drawnTo, x + w);
        if (row[box] === this.#selectedRow) {
          context.strokeStyle = this.#colors.text;
          context.lineWidth = 2;
          context.strokeRect(x + 1, top + 1, Math.max(1, w - 2), LINE - 4);
        }
        if (w > TEXT_FROM) this.#write(context, box, x, top, w);
      }
    }
  }

  /** On a light plate: service colours are chosen for bars, not as a ground for text. */
  #write(context: CanvasRenderingContext2D, box: number, x: number, top: number, width: number): void {
    const text = this.#labels.box(box);
    const room = Math.floor((width - 8) / 6);
    const shown = text.length > room ? `${text.slice(0, Math.max(1, room - 1))}…` : text;
    const measured = Math.min(width - 6, context.measureText(shown).width + 6);
    context.fillStyle = this.#colors.background;
    context.globalAlpha = 0.86;
    context.fillRect(x + 3, top + 2, measured, LINE - 6);
    context.globalAlpha = 1;
    context.fillStyle = this.#colors.text;
    context.fillText(shown, x + 6, top + LINE / 2 - 1, width - 8);
  }

  #firstReaching(line: number, from: number): number {
    let low = this.#lineStart[line] as number;
    let high = this.#lineStart[line + 1] as number;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#reach[middle] as number) < from) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #boxAt(event: MouseEvent): number {
    const rect = this.#host.getBoundingClientRect();
    const { from, to } = this.#zoom.window;
    const perPx = (to - from) / rect.width;
    const at = from + (event.clientX - rect.left) * perPx;
    const line = Math.floor((event.clientY - rect.top + this.#scroll) / LINE);
    if (line < 0 || line >= this.#flame.lines) return -1;
    let found = -1;
    for (let k = this.#firstReaching(line, at - perPx); k < (this.#lineStart[line + 1] as number); k++) {
      const box = this.#order[k] as number;
      if ((this.#flame.left[box] as number) > at) break;
      if ((this.#flame.left[box] as number) + Math.max(perPx * 2, this.#flame.width[box] as number) >= at) found = box;
    }
    return found;
  }

  #listen(): void {
    const { signal } = this.#abort;
    const host = this.#host;
    host.addEventListener(
      'pointermove',
      event => this.#events.hover(this.#boxAt(event), event.clientX, event.clientY),
      { signal },
    );
    host.addEventListener('pointerleave', () => this.#events.hover(-1, 0, 0), { signal });
    host.addEventListener(
      'dblclick',
      event => {
        const box = this.#boxAt(event);
        if (box >= 0) this.#events.zoomTo(box);
        else this.#zoom.reset();
      },
      { signal },
    );
    host.addEventListener(
      'wheel',
      event => {
        event.preventDefault();
        if (event.ctrlKey || event.metaKey) {
          const rect = host.getBoundingClientRect();
          const { from, to } = this.#zoom.window;
          const at = from + ((event.clientX - rect.left) / rect.width) * (to - from);
          this.#zoom.zoomBy(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) / 200), at);
        } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
          this.#zoom.panBy((event.deltaX || event.deltaY) / host.clientWidth);
        } else this.scrollBy(event.deltaY);
      },
      { signal, passive: false },
    );
    let last = { x: 0, y: 0 };
    let pressed = -1;
    onDrag(
      host,
      {
        start: (x, event) => {
          last = { x, y: event.clientY };
          pressed = this.#boxAt(event);
          host.focus({ preventScroll: true });
          return true;
        },
        move: (x, event) => {
          this.#zoom.panBy((last.x - x) / host.clientWidth);
          this.scrollBy(last.y - event.clientY);
          last = { x, y: event.clientY };
        },
        end: (_, moved) => {
          if (!moved && pressed >= 0) this.#events.select(pressed);
        },
      },
      signal,
    );
  }
}
