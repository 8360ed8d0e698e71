import { ancestors, isGroup } from '../kernel/rows.ts';
import { type CanvasColors, readCanvasColors } from '../theme/canvas-colors.ts';
import { RowPool } from './row-pool.ts';
import styles from './timeline.module.css';
import { type BarRow, TimelineBars } from './timeline-bars.ts';
import type { TimelineModel, TimelineText } from './timeline-model.ts';
import { TimelineRow } from './timeline-row.ts';
import type { ZoomModel } from './zoom.ts';

export interface TimelineEvents {
  /** A row was chosen by pointer. */
  select(entry: number): void;
  open(entry: number): void;
  toggle(entry: number): void;
  zoomTo(entry: number): void;
}

/** Ancestors kept on the screen while their subtree scrolls. */
const MOST_PINNED = 4;

/**
 * The waterfall: rows from a pool, ancestors pinned above them. Owns the DOM below its scroller and nothing else; the
 * page tells it what to show and hears from it what was pressed. Focus stays on the scroller and `aria-activedescendant` names
 * the row, because elements are recycled while scrolling and would take focus with them.
 */
export class Timeline {
  readonly pool: RowPool;
  readonly #scroller: HTMLElement;
  /** Stands above the time column and is as wide: what is measured. */
  readonly #axis: HTMLElement;
  readonly #zoom: ZoomModel;
  readonly #events: TimelineEvents;
  readonly #rows = new Map<HTMLElement, TimelineRow>();
  readonly #bars: TimelineBars;
  readonly #pins: HTMLElement;
  readonly #pinRows: TimelineRow[] = [];
  /** What each pinned row shows. */
  readonly #pinned: number[] = [];
  /** Position in the list of each row of the trace, -1 when not shown; made when first needed. */
  #position: Int32Array | undefined;
  readonly #abort = new AbortController();
  readonly #unsubscribe: () => void;
  readonly #resize: ResizeObserver;
  readonly #text: TimelineText;
  readonly #idPrefix: string;
  #model: TimelineModel;
  #colors: CanvasColors;
  #selected = Number.NaN;
  /** Px of the time column. */
  #width = 0;
  #barsFrame = 0;

  constructor(
    scroller: HTMLElement,
    axis: HTMLElement,
    model: TimelineModel,
    zoom: ZoomModel,
    colors: CanvasColors,
    text: TimelineText,
    events: TimelineEvents,
  ) {
    this.#scroller = scroller;
    this.#axis = axis;
    this.#model = model;
    this.#zoom = zoom;
    this.#colors = colors;
    this.#text = text;
    this.#events = events;
    this.#idPrefix = `row-${Math.random().toString(36).slice(2, 8)}`;
    this.pool = new RowPool({
      scroller,
      create: () => {
        const row = new TimelineRow();
        row.element.id = `${this.#idPrefix}-${this.#rows.size}`;
        this.#rows.set(row.element, row);
        return row.element;
      },
      fill: (element, index) => this.#fill(element, index),
      placed: first => {
        this.#placePins(first);
        this.#drawBars();
      },
    });
    this.#pins = document.createElement('div');
    this.#pins.className = styles.pins as string;
    this.#pins.setAttribute('aria-hidden', 'true');
    this.#bars = new TimelineBars(colors, getComputedStyle(scroller).fontFamily);
    this.pool.layer.append(this.#pins, this.#bars.element);
    const { signal } = this.#abort;
    scroller.addEventListener('click', event => this.#pressed(event), { signal });
    scroller.addEventListener('dblclick', event => this.#doublePressed(event), { signal });
    scroller.addEventListener('pointerover', event => this.#entered(event), { signal });
    scroller.addEventListener('wheel', event => this.#wheel(event), { signal, passive: false });
    // Paper is light, whatever the screen is.
    globalThis.addEventListener('beforeprint', () => this.#drawWith(readCanvasColors('light')), { signal });
    globalThis.addEventListener('afterprint', () => this.#drawWith(this.#colors), { signal });
    this.#unsubscribe = zoom.subscribe(() => this.#scheduleBars());
    this.#resize = new ResizeObserver(() => this.measure());
    this.#resize.observe(scroller);
    this.#resize.observe(axis);
    this.measure();
  }

  /** Shows the first rows, with the next frame. Not a part of the constructor, so that a page that opens can do it in another task. */
  start(model: TimelineModel): void {
    this.#bars.prepare();
    this.setModel(model);
  }

  setModel(model: TimelineModel): void {
    if (model === this.#model && this.pool.count === model.rows.length) return;
    this.#model = model;
    this.#position = undefined;
    this.#pinned.length = 0;
    this.#scroller.setAttribute('aria-rowcount', String(model.rows.length));
    this.pool.setCount(model.rows.length);
    this.#markSelected();
  }

  /** Reads sizes from the style sheet: row height hangs on density and on the width of the screen. */
  measure(): void {
    const style = getComputedStyle(this.#scroller);
    const height = Number.parseFloat(style.getPropertyValue('--row-height')) || 22;
    const stacked = style.getPropertyValue('--stacked').trim() === '1';
    const rowHeight = stacked ? height * 2 : height;
    this.#width = Math.max(10, this.#axis.clientWidth);
    this.pool.setRowHeight(rowHeight);
    this.#bars.setFrame({
      left: this.#axis.offsetLeft,
      width: this.#width,
      nameWidth: stacked ? this.#width : this.#axis.offsetLeft,
      height: this.#scroller.clientHeight,
      rowHeight,
      stacked,
    });
    this.#scheduleBars();
  }

  setColors(colors: CanvasColors): void {
    this.#colors = colors;
    this.#bars.setColors(colors);
    this.#scheduleBars();
  }

  select(entry: number, reveal: boolean, center = false): void {
    if (Number.isNaN(entry) && Number.isNaN(this.#selected)) return;
    this.#selected = entry;
    const index = this.#model.rows.indexOf(entry);
    if (reveal && index >= 0) this.pool.reveal(index, center);
    this.pool.place();
    this.#markSelected();
  }

  destroy(): void {
    this.#abort.abort();
    this.#unsubscribe();
    this.#resize.disconnect();
    cancelAnimationFrame(this.#barsFrame);
    this.#pins.remove();
    this.#bars.element.remove();
    this.pool.destroy();
  }

  #fill(element: HTMLElement, index: number): void {
    const row = this.#rows.get(element) as TimelineRow;
    const entry = this.#model.rows[index] as number;
    row.fill(this.#model, this.#text, entry);
    element.setAttribute('aria-rowindex', String(index + 1));
    this.#mark(element, entry);
  }

  #mark(element: HTMLElement, entry: number): void {
    const selected = entry === this.#selected;
    if (selected !== (element.getAttribute('aria-selected') === 'true'))
      element.setAttribute('aria-selected', String(selected));
    if (selected) this.#scroller.setAttribute('aria-activedescendant', element.id);
  }

  #markSelected(): void {
    this.#scroller.removeAttribute('aria-activedescendant');
    this.pool.each((element, index) => this.#mark(element, this.#model.rows[index] as number));
    this.#scheduleBars();
  }

  #placePins(first: number): void {
    const { rows, trace, baseDepth } = this.#model;
    const position = this.#positions();
    let path: number[] = [];
    // A pinned row covers one more, whose ancestors may be others: look again until it stays the same.
    for (let tries = 0; tries <= MOST_PINNED; tries++) {
      const entry = rows[Math.min(rows.length - 1, first + path.length)];
      if (entry === undefined || this.pool.top < this.pool.rowHeight / 2) {
        path = [];
        break;
      }
      const row = isGroup(entry) ? (this.#model.repeats.members[this.#firstMember(entry)] as number) : entry;
      const next = ancestors(trace, row, MOST_PINNED).filter(
        ancestor =>
          (trace.depth[ancestor] as number) >= baseDepth &&
          (position[ancestor] as number) >= 0 &&
          (position[ancestor] as number) < first + path.length,
      );
      if (next.length <= path.length) {
        path = next;
        break;
      }
      path = next;
    }
    this.pool.covered = path.length * this.pool.rowHeight;
    while (this.#pinRows.length < path.length) {
      const row = new TimelineRow();
      row.element.removeAttribute('role');
      for (const cell of row.element.querySelectorAll('[role]')) cell.removeAttribute('role');
      this.#pins.append(row.element);
      this.#pinRows.push(row);
    }
    for (const [i, row] of this.#pinRows.entries()) {
      const ancestor = path[i];
      row.element.hidden = ancestor === undefined;
      if (ancestor === undefined) {
        this.#pinned[i] = -1;
        continue;
      }
      if (this.#pinned[i] !== ancestor) {
        this.#pinned[i] = ancestor;
        row.fill(this.#model, this.#text, ancestor);
      }
    }
    this.#pins.hidden = path.length === 0;
  }

  #positions(): Int32Array {
    if (this.#position === undefined) {
      const { rows, trace } = this.#model;
      const position = new Int32Array(trace.count).fill(-1);
      for (let i = 0; i < rows.length; i++) if ((rows[i] as number) >= 0) position[rows[i] as number] = i;
      this.#position = position;
    }
    return this.#position;
  }

  #firstMember(entry: number): number {
    const group = -1 - entry;
    return group === 0 ? 0 : (this.#model.repeats.memberEnd[group - 1] as number);
  }

  /** With the next frame, of which there may be none when rows are placed in this one. */
  #scheduleBars(): void {
    if (this.#barsFrame !== 0) return;
    this.#barsFrame = requestAnimationFrame(() => this.#drawBars());
  }

  #drawBars(): void {
    cancelAnimationFrame(this.#barsFrame);
    this.#barsFrame = 0;
    const rows: BarRow[] = [];
    this.pool.each((element, index) =>
      rows.push(this.#barRow(this.#rows.get(element) as TimelineRow, this.pool.offsetOf(index))),
    );
    const pinned: BarRow[] = [];
    for (const [i, row] of this.#pinRows.entries())
      if (!row.element.hidden) pinned.push(this.#barRow(row, i * this.pool.rowHeight));
    this.#bars.draw(this.#model, this.#zoom.window, rows, pinned);
  }

  #drawWith(colors: CanvasColors): void {
    this.#bars.setColors(colors);
    this.#drawBars();
  }

  #barRow(row: TimelineRow, top: number): BarRow {
    const { entry, label, match, dim, indent, toggle } = row;
    return { entry, label, dim, indent, toggle, strong: match || entry === this.#selected, top };
  }

  #rowOf(event: Event): HTMLElement | null {
    return event.target instanceof Element ? event.target.closest<HTMLElement>('[data-entry]') : null;
  }

  #entryOf(event: Event): number | undefined {
    const row = this.#rowOf(event);
    return row === null ? undefined : Number(row.dataset['entry']);
  }

  /** A row's title is that of the one the pointer is over: writing it with every row that scrolls in would be for nobody. */
  #entered(event: Event): void {
    const row = this.#rowOf(event);
    if (row !== null && row.title === '') row.title = row.ariaLabel ?? '';
  }

  #pressed(event: MouseEvent): void {
    const entry = this.#entryOf(event);
    if (entry === undefined) return;
    const part =
      event.target instanceof Element ? event.target.closest<HTMLElement>('[data-part]')?.dataset['part'] : undefined;
    if (part === 'toggle') this.#events.toggle(entry);
    else {
      this.#events.select(entry);
      if (event.detail === 1) this.#events.open(entry);
    }
  }

  #doublePressed(event: MouseEvent): void {
    const entry = this.#entryOf(event);
    if (entry !== undefined) this.#events.zoomTo(entry);
  }

  /** Ctrl or ⌘ and wheel zooms at the pointer, shift and wheel (or a sideways wheel) pans. Plain wheel scrolls. */
  #wheel(event: WheelEvent): void {
    const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const rect = this.#axis.getBoundingClientRect();
      const x = event.clientX - rect.left;
      const { from, to } = this.#zoom.window;
      const at = from + Math.max(0, Math.min(1, x / this.#width)) * (to - from);
      this.#zoom.zoomBy(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) / 200), at);
    } else if (sideways && !this.#zoom.isWhole) {
      event.preventDefault();
      this.#zoom.panBy((event.deltaX || event.deltaY) / this.#width);
    }
  }
}
