import { useEffect, useRef } from 'react';
import { GridList } from '../../render/grid-list.ts';
import styles from './panes.module.css';

export interface Column {
  readonly key: string;
  readonly label: string;
  readonly numeric?: boolean;
  readonly sort?: 'ascending' | 'descending' | 'none';
  readonly onSort?: () => void;
}

/** A virtualised grid with a header; `fill` writes the cells of a row, in the order of the columns. */
export function RowList({
  label,
  columns,
  template,
  count,
  version,
  selected,
  fill,
  onSelect,
  onToggle,
}: {
  readonly label: string;
  readonly columns: readonly Column[];
  /** CSS grid columns. */
  readonly template: string;
  readonly count: number;
  /** Anything; when it changes, all rows are written anew. */
  readonly version: unknown;
  /** Index of the chosen row, -1 for none. */
  readonly selected: number;
  readonly fill: (cells: readonly HTMLElement[], index: number, row: HTMLElement) => void;
  readonly onSelect: (index: number) => void;
  /** For rows that open and close: a press on `data-part="toggle"`, or Enter. */
  readonly onToggle?: ((index: number) => void) | undefined;
}): React.ReactNode {
  const frame = useRef<HTMLDivElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const list = useRef<GridList | undefined>(undefined);
  const latest = useRef({ fill, onSelect, onToggle });
  latest.current = { fill, onSelect, onToggle };

  useEffect(() => {
    if (scroller.current === null || head.current === null) return;
    const made = new GridList({
      scroller: scroller.current,
      head: head.current,
      rowClass: styles.gridRow as string,
      cells: columns.length,
      fill: (cells, index, row) => latest.current.fill(cells, index, row),
      select: (index, part) => {
        if (part === 'toggle') latest.current.onToggle?.(index);
        else latest.current.onSelect(index);
      },
    });
    list.current = made;
    return () => made.destroy();
  }, [columns.length]);
  useEffect(() => frame.current?.style.setProperty('--columns', template), [template]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` stands for what the rows show
  useEffect(() => list.current?.setCount(count), [count, version]);
  useEffect(() => list.current?.select(selected), [selected]);

  const onKeyDown = (event: React.KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 200) / 22) - 1);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: selected + 1,
      ArrowUp: Math.max(0, selected - 1),
      PageDown: selected + page,
      PageUp: selected - page,
      Home: 0,
      End: count - 1,
    };
    if (event.key === 'Enter' && selected >= 0 && onToggle !== undefined) {
      event.preventDefault();
      onToggle(selected);
      return;
    }
    const to = moves[event.key];
    if (to === undefined || count === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    onSelect(Math.max(0, Math.min(count - 1, to)));
  };
  return (
    <div ref={frame} className={styles.gridFrame}>
      <div
        ref={scroller}
        className={styles.gridBody}
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={count + 1}
        aria-colcount={columns.length}
        aria-readonly="true"
        onKeyDown={onKeyDown}
      >
        {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names the active row */}
        <div ref={head} className={styles.gridHead} role="row" aria-rowindex={1}>
          {columns.map(column => (
            // biome-ignore lint/a11y/useFocusableInteractive: its button has the focus
            <div
              key={column.key}
              role="columnheader"
              aria-sort={column.sort}
              data-numeric={column.numeric || undefined}
            >
              {column.onSort === undefined ? (
                column.label
              ) : (
                <button type="button" className={styles.sort} onClick={column.onSort}>
                  {column.label}
                  <span aria-hidden="true">
                    {column.sort === 'ascending' ? ' ▲' : column.sort === 'descending' ? ' ▼' : ''}
                  </span>
                </button>
              )}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
