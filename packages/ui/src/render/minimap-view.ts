import { type Minimap, minimap } from '../kernel/minimap.ts';
import type { ServiceColor } from '../kernel/service-colors.ts';
import type { Trace } from '../kernel/trace.ts';
import type { CanvasColors } from '../theme/canvas-colors.ts';
import { onDrag } from './drag.ts';
import styles from './minimap.module.css';
import { canvasFills } from './service-fill.ts';
import type { ZoomModel } from './zoom.ts';

export interface MinimapText {
  readonly start: string;
  readonly end: string;
  value(micros: number): string;
}

/** Lines of the picture; more than the height in px would only be averaged away. */
const LINES = 44;
const ERROR_HEIGHT = 4;
const MARK_HEIGHT = 7;
/** Px around a handle that still catch it. */
const GRIP = 7;
/** ms of drawing in one task; all of a picture with many services would be one of 20. */
const SLICE_MS = 5;

/**
 * All spans at once, with the window of the time axis on top. Drag over it to zoom, drag the window's edges to adjust, drag
 * inside the window to move it; the edges are sliders for the keyboard. The picture is drawn once per trace, size and theme.
 */
export class MinimapView {
  readonly #host: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #marks: HTMLCanvasElement;
  readonly #left: HTMLElement;
  readonly #right: HTMLElement;
  readonly #startHandle: HTMLElement;
  readonly #endHandle: HTMLElement;
  readonly #zoom: ZoomModel;
  readonly #text: MinimapText;
  readonly #abort = new AbortController();
  readonly #resize: ResizeObserver;
  readonly #unsubscribe: () => void;
  /** Px; 0 until the observer told them, since asking while a trace opens would lay the page out. */
  #width = 0;
  #height = 0;
  #trace: Trace;
  #key: Int32Array;
  #services: readonly ServiceColor[];
  #colors: CanvasColors;
  #matches: Int32Array | undefined;
  /** Whether there are marks on their canvas. */
  #marked = false;
  #frame = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    host: HTMLElement,
    trace: Trace,
    services: readonly ServiceColor[],
    colors: CanvasColors,
    zoom: ZoomModel,
    text: MinimapText,
  ) {
    this.#host = host;
    this.#trace = trace;
    this.#key = trace.service;
    this.#services = services;
    this.#colors = colors;
    this.#zoom = zoom;
    this.#text = text;
    this.#canvas = document.createElement('canvas');
    this.#canvas.className = styles.canvas as string;
    this.#marks = document.createElement('canvas');
    this.#marks.className = styles.canvas as string;
    this.#left = div(styles.shade);
    this.#right = div(styles.shade);
    this.#startHandle = this.#handle(text.start);
    this.#endHandle = this.#handle(text.end);
    host.append(this.#canvas, this.#marks, this.#left, this.#right, this.#startHandle, this.#endHandle);
    this.#unsubscribe = zoom.subscribe(() => this.#schedule());
    // In a task of its own: while a trace opens, the rows come first.
    this.#resize = new ResizeObserver(() => {
      this.#width = host.clientWidth;
      this.#height = host.clientHeight;
      this.#paintSoon(() => this.#paint());
    });
    this.#resize.observe(host);
    this.#listen();
  }

  /**
   * Draws the picture again, in other colours or of another trace.
   * @param key by row, a number in `services`
   */
  update(trace: Trace, key: Int32Array, services: readonly ServiceColor[], colors: CanvasColors): void {
    this.#trace = trace;
    this.#key = key;
    this.#services = services;
    this.#colors = colors;
    this.#paintSoon(() => this.#paint());
  }

  /** @param rows found rows, or undefined when nothing is looked for */
  setMatches(rows: Int32Array | undefined): void {
    this.#matches = rows;
    this.#paintMarks();
  }

  destroy(): void {
    this.#abort.abort();
    this.#unsubscribe();
    this.#resize.disconnect();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#host.replaceChildren();
  }

  /** In a task of its own, which replaces one that has not begun. */
  #paintSoon(paint: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(paint);
  }

  #paint(): void {
    if (this.#width === 0 || this.#height === 0) return;
    const context = prepare(this.#canvas, this.#width, this.#height);
    if (context === null) return;
    const lines = Math.min(LINES, this.#height - ERROR_HEIGHT - 2);
    const picture = minimap(this.#trace, this.#width, lines, this.#key);
    this.#placeWindow();
    this.#paintSoon(() => this.#paintLines(context, picture, 0));
  }

  #paintLines(context: CanvasRenderingContext2D, picture: Minimap, from: number): void {
    const started = performance.now();
    for (let y = from; y < picture.lines; y++) {
      if (performance.now() - started > SLICE_MS) {
        this.#paintSoon(() => this.#paintLines(context, picture, y));
        return;
      }
      this.#paintLine(context, picture, y);
    }
    context.fillStyle = this.#colors.error;
    for (let x = 0; x < picture.columns; x++)
      if (picture.errors[x] === 1) context.fillRect(x - 0.5, this.#height - ERROR_HEIGHT, 2, ERROR_HEIGHT);
    this.#paintMarks();
  }

  #paintLine(context: CanvasRenderingContext2D, { cells, columns, lines }: Minimap, y: number): void {
    const fills = canvasFills(this.#colors);
    const line = Math.min(8, (this.#height - ERROR_HEIGHT - 2) / lines);
    const base = y * columns;
    const top = y * line + 1;
    // Below 2 px a gap between lines would halve them.
    const thick = line >= 3 ? line - 1 : line;
    for (let x = 0; x < columns; ) {
      const cell = cells[base + x] as number;
      let end = x + 1;
      while (end < columns && cells[base + end] === cell) end++;
      if (cell !== 0) {
        context.fillStyle = fills.fill(this.#services[cell - 2]);
        context.fillRect(x, top, end - x, thick);
      }
      x = end;
    }
  }

  #paintMarks(): void {
    const rows = this.#matches;
    // Nothing was ever found: a canvas that shows nothing is not made.
    if (rows === undefined && !this.#marked) return;
    const width = this.#width;
    const context = prepare(this.#marks, width, this.#height);
    this.#marked = rows !== undefined;
    if (context === null || rows === undefined) return;
    const columns = new Uint8Array(width + 1);
    const scale = width / (this.#trace.traceDuration || 1);
    for (const row of rows) columns[Math.min(width, Math.floor((this.#trace.start[row] as number) * scale))] = 1;
    context.fillStyle = this.#colors.accent;
    for (let x = 0; x <= width; x++) if (columns[x] === 1) context.fillRect(x - 0.5, 0, 2, MARK_HEIGHT);
  }

  #schedule(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#placeWindow();
    });
  }

  #placeWindow(): void {
    const width = this.#width;
    const { from, to } = this.#zoom.window;
    const left = (from / this.#zoom.total) * width;
    const right = (to / this.#zoom.total) * width;
    // As wide as the picture and scaled, because another width would be laid out at every frame.
    this.#left.style.transform = `scaleX(${from / this.#zoom.total})`;
    this.#right.style.transform = `translateX(${right}px) scaleX(${1 - to / this.#zoom.total})`;
    this.#startHandle.style.transform = `translateX(${left}px)`;
    this.#endHandle.style.transform = `translateX(${right}px)`;
    for (const [handle, value] of [
      [this.#startHandle, from],
      [this.#endHandle, to],
    ] as const) {
      handle.setAttribute('aria-valuenow', String(Math.round(value)));
      handle.setAttribute('aria-valuetext', this.#text.value(value));
    }
  }

  #handle(label: string): HTMLElement {
    const handle = div(styles.handle);
    handle.tabIndex = 0;
    handle.setAttribute('role', 'slider');
    handle.setAttribute('aria-label', label);
    handle.setAttribute('aria-valuemin', '0');
    handle.setAttribute('aria-valuemax', String(Math.round(this.#zoom.total)));
    return handle;
  }

  #listen(): void {
    const { signal } = this.#abort;
    const micros = (x: number): number => (x / Math.max(1, this.#host.clientWidth)) * this.#zoom.total;
    let mode: 'new' | 'start' | 'end' | 'move' = 'new';
    let origin = 0;
    onDrag(
      this.#host,
      {
        start: x => {
          const { from, to } = this.#zoom.window;
          const left = (from / this.#zoom.total) * this.#host.clientWidth;
          const right = (to / this.#zoom.total) * this.#host.clientWidth;
          origin = micros(x);
          if (this.#zoom.isWhole) mode = 'new';
          else if (Math.abs(x - left) < GRIP) mode = 'start';
          else if (Math.abs(x - right) < GRIP) mode = 'end';
          else mode = x > left && x < right ? 'move' : 'new';
          return true;
        },
        move: x => {
          const { from, to } = this.#zoom.window;
          const at = micros(x);
          if (mode === 'start') this.#zoom.set({ from: Math.min(at, to - 1), to });
          else if (mode === 'end') this.#zoom.set({ from, to: Math.max(at, from + 1) });
          else if (mode === 'move') {
            this.#zoom.panBy((at - origin) / (to - from));
            origin = at;
          } else if (Math.abs(at - origin) > 1)
            this.#zoom.set({ from: Math.min(at, origin), to: Math.max(at, origin) });
        },
        end: () => {},
      },
      signal,
    );
    this.#host.addEventListener('dblclick', () => this.#zoom.reset(), { signal });
    for (const [handle, edge] of [
      [this.#startHandle, 'from'],
      [this.#endHandle, 'to'],
    ] as const) {
      handle.addEventListener('keydown', event => this.#slide(event, edge), { signal });
    }
  }

  #slide(event: KeyboardEvent, edge: 'from' | 'to'): void {
    const step = this.#zoom.total / (event.shiftKey ? 10 : 100);
    const { window } = this.#zoom;
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: window[edge] - step,
      ArrowDown: window[edge] - step,
      ArrowRight: window[edge] + step,
      ArrowUp: window[edge] + step,
      Home: edge === 'from' ? 0 : window.from + 1,
      End: edge === 'to' ? this.#zoom.total : window.to - 1,
    };
    const value = moves[event.key];
    if (value === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.#zoom.set(
      edge === 'from'
        ? { from: Math.min(value, window.to - 1), to: window.to }
        : { from: window.from, to: Math.max(value, window.from + 1) },
    );
  }
}

/** Sizes the canvas for the screen's resolution and clears it. */
export function prepare(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const ratio = globalThis.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext('2d');
  context?.scale(ratio, ratio);
  return context;
}

function div(className: string | undefined): HTMLElement {
  const element = document.createElement('div');
  element.className = className ?? '';
  return element;
}
