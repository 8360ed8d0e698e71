/**
 * A list of any length with a fixed number of row elements. The rows sit in a layer that sticks to the top of the scroller,
 * so that fast scrolling shows rows one frame late instead of nothing. Above `TALLEST` px the scroll bar is scaled: browsers
 * cut elements at 17 to 33 million px (ui.md 5.12), so a position of the bar stands for more than a pixel of content, while
 * wheel and keys still move by real pixels.
 */
export interface RowPoolOptions {
  readonly scroller: HTMLElement;
  readonly create: () => HTMLElement;
  /** Shows entry `index` in an element that may have shown another one. */
  readonly fill: (row: HTMLElement, index: number) => void;
  /** Stays at the top of the scroller, inside of it. */
  readonly head?: HTMLElement | undefined;
  /** After rows were placed: the first and last index on the screen. */
  readonly placed?: (first: number, last: number) => void;
}

const TALLEST = 8_000_000;
/** Rows kept ready above and below the screen. */
const SPARE = 4;
/** Elements made in one frame: making all of them at once is the longest task of opening a trace. */
const MOST_NEW = 8;
/** Rows above and below the screen that are written in one frame; of those that are seen, all are. */
const MOST_SPARE = 2;
/** Rows from the base of the strip at most. */
const FARTHEST = 50_000;
const EMPTY = -1;

export class RowPool {
  /** Px of content above the screen; the truth, of which `scrollTop` is a scaled copy. */
  top = 0;
  rowHeight = 22;
  /** Px at the top of the screen that something else covers, e.g. pinned rows. */
  covered = 0;
  readonly layer: HTMLElement;
  readonly #options: RowPoolOptions;
  readonly #spacer: HTMLElement;
  /** Holds the rows and is moved as a whole: moving each row would cost a frame more than all else. */
  readonly #strip: HTMLElement;
  /** By slot; made when first needed. */
  readonly #rows: (HTMLElement | undefined)[] = [];
  readonly #shown: number[] = [];
  readonly #abort = new AbortController();
  readonly #resize: ResizeObserver;
  #count = 0;
  /** The row that stands at the top of the strip; far from it, numbers lose precision. */
  #base = 0;
  #viewHeight = 0;
  #expectedScroll = 0;
  #frame = 0;

  constructor(options: RowPoolOptions) {
    this.#options = options;
    const { scroller } = options;
    this.layer = document.createElement('div');
    this.layer.style.cssText = 'position:sticky;top:0;left:0;height:0;z-index:1';
    this.#spacer = document.createElement('div');
    this.#spacer.setAttribute('aria-hidden', 'true');
    this.#spacer.style.cssText = 'width:1px;pointer-events:none';
    this.layer.setAttribute('role', 'presentation');
    this.#strip = document.createElement('div');
    this.#strip.setAttribute('role', 'presentation');
    this.#strip.style.cssText = 'position:absolute;inset:0 0 auto';
    this.layer.append(this.#strip);
    scroller.append(this.layer, this.#spacer);
    const { signal } = this.#abort;
    scroller.addEventListener('scroll', () => this.#scrolled(), { signal, passive: true });
    scroller.addEventListener('wheel', event => this.#wheel(event), { signal, passive: false });
    this.#resize = new ResizeObserver(() => this.#resized());
    this.#resize.observe(scroller);
    this.#viewHeight = scroller.clientHeight - this.#headHeight;
    this.layer.style.top = `${this.#headHeight}px`;
  }

  get count(): number {
    return this.#count;
  }

  get viewHeight(): number {
    return this.#viewHeight;
  }

  setCount(count: number): void {
    this.#count = count;
    this.#spacer.style.height = `${Math.min(this.#height, TALLEST)}px`;
    this.scrollTo(this.top);
    this.refill();
  }

  setRowHeight(height: number): void {
    if (height === this.rowHeight) return;
    const first = this.top / this.rowHeight;
    this.rowHeight = height;
    this.#spacer.style.height = `${Math.min(this.#height, TALLEST)}px`;
    this.scrollTo(first * height);
    this.refill();
  }

  /** Shows all rows anew, because what they show has changed. */
  refill(): void {
    this.#shown.fill(EMPTY);
    this.schedule();
  }

  /** The element that shows `index` at the moment, if any does. */
  rowAt(index: number): HTMLElement | undefined {
    const slot = this.#shown.indexOf(index);
    return slot < 0 ? undefined : this.#rows[slot];
  }

  /** Calls with each element on the screen and its index. */
  each(visit: (row: HTMLElement, index: number) => void): void {
    for (let slot = 0; slot < this.#rows.length; slot++) {
      const index = this.#shown[slot] as number;
      if (index !== EMPTY) visit(this.#rows[slot] as HTMLElement, index);
    }
  }

  /** Px from the top of the screen to the top of a row. */
  offsetOf(index: number): number {
    return index * this.rowHeight + Math.round(-this.top);
  }

  indexAt(clientY: number): number {
    const y = clientY - this.#options.scroller.getBoundingClientRect().top - this.#headHeight + this.top;
    const index = Math.floor(y / this.rowHeight);
    return index >= 0 && index < this.#count ? index : -1;
  }

  /** Moves as little as needed to have the row on the screen; `center` puts it in the middle if it was not there. */
  reveal(index: number, center = false): void {
    const y = index * this.rowHeight;
    const from = this.top + this.covered;
    const to = this.top + this.#viewHeight;
    if (y >= from && y + this.rowHeight <= to) return;
    if (center) this.scrollTo(y - (this.#viewHeight - this.rowHeight) / 2);
    else this.scrollTo(y < from ? y - this.covered : y + this.rowHeight - this.#viewHeight);
  }

  scrollTo(top: number): void {
    this.top = Math.max(0, Math.min(top, this.#height - this.#viewHeight));
    const { scroller } = this.#options;
    const room = Math.min(this.#height, TALLEST) - this.#viewHeight;
    const scroll = this.#height - this.#viewHeight <= 0 ? 0 : (this.top / (this.#height - this.#viewHeight)) * room;
    // Reading the position lays the page out: at the start of a list that is the most expensive thing in its first frame.
    if (scroll !== this.#expectedScroll) {
      scroller.scrollTop = scroll;
      // The browser rounds: what it made of it is what its scroll event will report.
      this.#expectedScroll = scroller.scrollTop;
    }
    this.schedule();
  }

  schedule(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.place();
    });
  }

  /** Puts rows in their places now. */
  place(): void {
    const { rowHeight } = this;
    const size = Math.ceil(this.#viewHeight / rowHeight) + 1 + SPARE * 2;
    while (this.#shown.length < size) this.#shown.push(EMPTY);
    const { length } = this.#shown;
    const first = Math.max(0, Math.floor(this.top / rowHeight) - SPARE);
    const last = Math.min(this.#count, first + size) - 1;
    if (Math.abs(first - this.#base) > FARTHEST) {
      this.#base = first;
      this.#shown.fill(EMPTY);
    }
    const seen = Math.floor(this.top / rowHeight);
    const unseen = Math.min(last + 1, Math.ceil((this.top + this.#viewHeight) / rowHeight));
    const most = { made: MOST_NEW, spare: Number.POSITIVE_INFINITY };
    for (let index = seen; index < unseen && this.#show(index, most); index++);
    most.spare = MOST_SPARE;
    // The nearest first: the next step of a scroll shows those.
    for (let i = 0; i < size && (unseen + i <= last || seen - 1 - i >= first); i++) {
      if (unseen + i <= last && !this.#show(unseen + i, most)) break;
      if (seen - 1 - i >= first && !this.#show(seen - 1 - i, most)) break;
    }
    this.#strip.style.transform = `translateY(${Math.round(this.#base * rowHeight - this.top)}px)`;
    // Rows that are left over when the list is shorter than the screen. Others that are not needed stand outside of it.
    for (let slot = 0; slot < length; slot++) {
      const index = this.#shown[slot] as number;
      if (index !== EMPTY && index < this.#count) continue;
      this.#shown[slot] = EMPTY;
      const row = this.#rows[slot];
      if (row !== undefined && !row.hidden) row.hidden = true;
    }
    this.#options.placed?.(seen, last);
  }

  /** Shows the entry in its slot, or does so in the next frame when this one has done enough: then false. */
  #show(index: number, most: { made: number; spare: number }): boolean {
    const slot = index % this.#shown.length;
    if (this.#shown[slot] === index) return true;
    let row = this.#rows[slot];
    if (most.spare-- <= 0 || (row === undefined && most.made-- <= 0)) {
      this.schedule();
      return false;
    }
    row ??= this.#rows[slot] = this.#make();
    this.#shown[slot] = index;
    if (row.hidden) row.hidden = false;
    row.style.top = `${(index - this.#base) * this.rowHeight}px`;
    this.#options.fill(row, index);
    return true;
  }

  destroy(): void {
    this.#abort.abort();
    this.#resize.disconnect();
    cancelAnimationFrame(this.#frame);
    this.layer.remove();
    this.#spacer.remove();
  }

  #make(): HTMLElement {
    const row = this.#options.create();
    row.style.position = 'absolute';
    row.style.insetInline = '0';
    this.#strip.append(row);
    return row;
  }

  get #headHeight(): number {
    return this.#options.head?.offsetHeight ?? 0;
  }

  get #height(): number {
    return this.#count * this.rowHeight;
  }

  #scrolled(): void {
    const { scroller } = this.#options;
    const scroll = scroller.scrollTop;
    if (scroll === this.#expectedScroll) return;
    this.#expectedScroll = scroll;
    const room = Math.min(this.#height, TALLEST) - this.#viewHeight;
    this.top = room <= 0 ? 0 : (scroll / room) * Math.max(0, this.#height - this.#viewHeight);
    this.schedule();
  }

  /** Only when scaled: there, a native wheel step would jump over thousands of rows. */
  #wheel(event: WheelEvent): void {
    if (this.#height <= TALLEST || event.ctrlKey || event.metaKey || event.shiftKey || event.deltaY === 0) return;
    event.preventDefault();
    const unit = event.deltaMode === 1 ? this.rowHeight : event.deltaMode === 2 ? this.#viewHeight : 1;
    this.scrollTo(this.top + event.deltaY * unit);
  }

  #resized(): void {
    this.#viewHeight = this.#options.scroller.clientHeight - this.#headHeight;
    this.layer.style.top = `${this.#headHeight}px`;
    this.scrollTo(this.top);
  }
}
