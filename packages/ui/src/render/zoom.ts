/** The part of the time axis on the screen, in µs from the trace start. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** Narrower than this nothing more can be seen: clocks tick in µs. */
const NARROWEST = 2;

/**
 * The window that timeline, ruler and minimap share. Changes reach them directly, without a render of the page: a drag at
 * 60 frames per second must not go through a framework or the address bar.
 */
export class ZoomModel {
  readonly total: number;
  #window: TimeWindow;
  readonly #listeners = new Set<(window: TimeWindow) => void>();

  /** @param total µs of the whole trace */
  constructor(total: number, window?: TimeWindow) {
    this.total = Math.max(1, total);
    this.#window = this.#fit(window ?? { from: 0, to: this.total });
  }

  get window(): TimeWindow {
    return this.#window;
  }

  get isWhole(): boolean {
    return this.#window.from <= 0 && this.#window.to >= this.total;
  }

  set(window: TimeWindow): void {
    const next = this.#fit(window);
    if (next.from === this.#window.from && next.to === this.#window.to) return;
    this.#window = next;
    for (const listener of this.#listeners) listener(next);
  }

  reset(): void {
    this.set({ from: 0, to: this.total });
  }

  /** @param factor below 1 shows less time. @param at µs that stays in its place */
  zoomBy(factor: number, at: number = (this.#window.from + this.#window.to) / 2): void {
    const { from, to } = this.#window;
    const width = Math.max(NARROWEST, Math.min(this.total, (to - from) * factor));
    const share = (at - from) / (to - from);
    this.set({ from: at - width * share, to: at + width * (1 - share) });
  }

  /** @param share of the window's width, negative to the left */
  panBy(share: number): void {
    const { from, to } = this.#window;
    const width = to - from;
    const shifted = Math.max(0, Math.min(this.total - width, from + width * share));
    this.set({ from: shifted, to: shifted + width });
  }

  /** Shows a span with a little room around it. */
  fit(start: number, duration: number): void {
    const room = Math.max(duration * 0.08, 1);
    this.set({ from: start - room, to: start + duration + room });
  }

  subscribe(listener: (window: TimeWindow) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #fit({ from, to }: TimeWindow): TimeWindow {
    if (!(to > from)) return { from: 0, to: this.total };
    const width = Math.max(NARROWEST, Math.min(this.total, to - from));
    const left = Math.max(0, Math.min(this.total - width, from));
    return { from: left, to: left + width };
  }
}
