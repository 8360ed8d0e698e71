import { RowPool } from './row-pool.ts';

export interface GridListOptions {
  readonly scroller: HTMLElement;
  readonly head: HTMLElement;
  readonly rowClass: string;
  readonly cells: number;
  /** Writes the cells of entry `index`. */
  readonly fill: (cells: readonly HTMLElement[], index: number, row: HTMLElement) => void;
  /** @param part `data-part` of what was pressed, empty for the row itself */
  readonly select: (index: number, part: string) => void;
}

/** A table of any length out of recycled rows; the header is the page's. The focus is on the scroller, as in `Timeline`. */
export class GridList {
  readonly pool: RowPool;
  readonly #scroller: HTMLElement;
  readonly #cells = new Map<HTMLElement, HTMLElement[]>();
  readonly #abort = new AbortController();
  readonly #prefix = `cell-${Math.random().toString(36).slice(2, 8)}`;
  #selected = -1;

  constructor(options: GridListOptions) {
    const { scroller, head, rowClass, cells, fill, select } = options;
    this.#scroller = scroller;
    this.pool = new RowPool({
      scroller,
      head,
      create: () => {
        const row = document.createElement('div');
        row.className = rowClass;
        row.setAttribute('role', 'row');
        row.id = `${this.#prefix}-${this.#cells.size}`;
        const made = Array.from({ length: cells }, () => {
          const cell = document.createElement('div');
          cell.setAttribute('role', 'gridcell');
          row.append(cell);
          return cell;
        });
        this.#cells.set(row, made);
        return row;
      },
      fill: (row, index) => {
        // The header is row 1.
        row.setAttribute('aria-rowindex', String(index + 2));
        fill(this.#cells.get(row) as HTMLElement[], index, row);
        this.#mark(row, index);
      },
    });
    const { signal } = this.#abort;
    scroller.addEventListener(
      'click',
      event => {
        const index = this.pool.indexAt(event.clientY);
        const part =
          event.target instanceof Element
            ? event.target.closest<HTMLElement>('[data-part]')?.dataset['part']
            : undefined;
        if (index >= 0 && this.#rowOf(event) !== undefined) select(index, part ?? '');
      },
      { signal },
    );
    this.measure();
  }

  measure(): void {
    this.pool.setRowHeight(Number.parseFloat(getComputedStyle(this.#scroller).getPropertyValue('--row-height')) || 22);
  }

  setCount(count: number): void {
    this.pool.setCount(count);
  }

  select(index: number): void {
    this.#selected = index;
    if (index >= 0) this.pool.reveal(index, true);
    this.pool.place();
    this.#scroller.removeAttribute('aria-activedescendant');
    this.pool.each((row, at) => this.#mark(row, at));
  }

  destroy(): void {
    this.#abort.abort();
    this.pool.destroy();
  }

  #rowOf(event: Event): HTMLElement | undefined {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[role=row]') : null;
    return row !== null && this.#cells.has(row) ? row : undefined;
  }

  #mark(row: HTMLElement, index: number): void {
    const selected = index === this.#selected;
    row.setAttribute('aria-selected', String(selected));
    if (selected) this.#scroller.setAttribute('aria-activedescendant', row.id);
  }
}
