import { formatTick, timeTicks } from '../kernel/duration-text.ts';
import { onDrag } from './drag.ts';
import styles from './ruler.module.css';
import type { ZoomModel } from './zoom.ts';

/** Px between two labels at least. */
const TICK_ROOM = 90;

/** The time axis above the rows, and its hairlines behind them. Dragging along it zooms to what was dragged over. */
export class Ruler {
  readonly #axis: HTMLElement;
  readonly #grid: HTMLElement;
  readonly #zoom: ZoomModel;
  readonly #brush: HTMLElement;
  readonly #labels: HTMLElement[] = [];
  readonly #lines: HTMLElement[] = [];
  readonly #abort = new AbortController();
  readonly #resize: ResizeObserver;
  readonly #unsubscribe: () => void;
  /** Px; 0 until the observer told it, since asking while rows are drawn would lay all of them out. */
  #width = 0;
  #frame = 0;

  constructor(axis: HTMLElement, grid: HTMLElement, zoom: ZoomModel) {
    this.#axis = axis;
    this.#grid = grid;
    this.#zoom = zoom;
    this.#brush = document.createElement('div');
    this.#brush.className = styles.brush as string;
    this.#brush.hidden = true;
    axis.append(this.#brush);
    this.#unsubscribe = zoom.subscribe(() => this.#schedule());
    this.#resize = new ResizeObserver(() => {
      if (axis.clientWidth === this.#width) return;
      this.#width = axis.clientWidth;
      this.#schedule();
    });
    this.#resize.observe(axis);
    this.#listen();
  }

  destroy(): void {
    this.#abort.abort();
    this.#unsubscribe();
    this.#resize.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#brush.remove();
    for (const element of [...this.#labels, ...this.#lines]) element.remove();
  }

  #listen(): void {
    let from = 0;
    onDrag(
      this.#axis,
      {
        start: x => {
          from = x;
          return true;
        },
        move: x => {
          this.#brush.hidden = false;
          this.#brush.style.left = `${Math.min(from, x)}px`;
          this.#brush.style.width = `${Math.abs(x - from)}px`;
        },
        end: (x, moved) => {
          this.#brush.hidden = true;
          if (!moved) return;
          const { window } = this.#zoom;
          const scale = (window.to - window.from) / this.#axis.clientWidth;
          this.#zoom.set({
            from: window.from + Math.min(from, x) * scale,
            to: window.from + Math.max(from, x) * scale,
          });
        },
      },
      this.#abort.signal,
    );
    this.#axis.addEventListener('dblclick', () => this.#zoom.reset(), { signal: this.#abort.signal });
  }

  #schedule(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw(): void {
    const width = this.#width;
    const { from, to } = this.#zoom.window;
    const ticks = timeTicks(from, to, Math.max(1, Math.floor(width / TICK_ROOM)));
    const step = ticks.length > 1 ? (ticks[1] as number) - (ticks[0] as number) : to - from;
    const largest = ticks.at(-1) ?? 0;
    for (const [i, tick] of ticks.entries()) {
      const x = Math.round(((tick - from) / (to - from)) * width);
      const label = this.#labels[i] ?? this.#add(this.#labels, this.#axis, styles.tick);
      if (label.hidden) label.hidden = false;
      const text = tick === 0 ? '0' : formatTick(tick, step, largest);
      if (label.textContent !== text) label.textContent = text;
      label.style.transform = `translateX(${x}px)`;
      // The last label would be cut: it stands left of its line.
      const side = x > width - 60 ? 'left' : 'right';
      if (label.dataset['side'] !== side) label.dataset['side'] = side;
      const line = this.#lines[i] ?? this.#add(this.#lines, this.#grid, styles.line);
      if (line.hidden) line.hidden = false;
      line.style.transform = `translateX(${x}px)`;
    }
    for (const pool of [this.#labels, this.#lines])
      for (const element of pool.slice(ticks.length)) element.hidden = true;
  }

  #add(pool: HTMLElement[], parent: HTMLElement, className: string | undefined): HTMLElement {
    const element = document.createElement('div');
    element.className = className ?? '';
    parent.append(element);
    pool.push(element);
    return element;
  }
}
