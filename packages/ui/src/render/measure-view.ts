import { formatDuration } from '../kernel/duration-text.ts';
import styles from './ruler.module.css';
import type { ZoomModel } from './zoom.ts';

/** Two lines over the rows with the time between them, which move with the zoom. */
export class MeasureView {
  readonly #zoom: ZoomModel;
  readonly #area: HTMLElement;
  readonly #unsubscribe: () => void;
  #points: readonly [from: number, to: number | undefined] | undefined;

  constructor(grid: HTMLElement, zoom: ZoomModel) {
    this.#zoom = zoom;
    this.#area = document.createElement('div');
    this.#area.className = styles.measure as string;
    this.#area.hidden = true;
    grid.append(this.#area);
    this.#unsubscribe = zoom.subscribe(() => this.#draw());
  }

  set(points: readonly [from: number, to: number | undefined] | undefined): void {
    this.#points = points;
    this.#draw();
  }

  destroy(): void {
    this.#unsubscribe();
    this.#area.remove();
  }

  #draw(): void {
    this.#area.hidden = this.#points === undefined;
    if (this.#points === undefined) return;
    const [a, b = a] = this.#points;
    const { from, to } = this.#zoom.window;
    const part = (micros: number): number => Math.max(-1, Math.min(101, ((micros - from) / (to - from)) * 100));
    const left = part(Math.min(a, b));
    this.#area.style.left = `${left}%`;
    this.#area.style.width = `${part(Math.max(a, b)) - left}%`;
    this.#area.dataset['label'] = a === b ? formatDuration(a) : formatDuration(Math.abs(b - a));
  }
}
