import { useWindowVirtualizer } from '@tanstack/react-virtual';
import type { TraceSummary } from '@tracekin/model';
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTimeFormat } from '../../format/use-time-format.ts';
import { useText } from '../../i18n/use-text.ts';
import { saveSetting } from '../../settings/settings-store.ts';
import { useSettings } from '../../settings/use-settings.ts';
import { useCanvasColors } from '../../theme/use-canvas-colors.ts';
import { Icon } from '../../widgets/icon.tsx';
import { ResultRow } from './result-row.tsx';
import styles from './result-table.module.css';
import type { Sort } from './sort.ts';
import { useListKeys } from './use-list-keys.ts';

export interface ResultTableProps {
  /** In the order to show. */
  readonly traces: readonly TraceSummary[];
  /** Tags that have a column. */
  readonly tagKeys: readonly string[];
  readonly longest: number;
  readonly slots: ReadonlyMap<string, number>;
  /** Milliseconds since the epoch that "ago" counts from. */
  readonly now: number;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  readonly marked: readonly string[];
  readonly onMark: (traceId: string) => void;
  readonly onCompare: () => void;
  readonly onService: (serviceName: string) => void;
}

/** Up to here all rows are in the page, so that the browser's own find, print and screen readers see them. */
const DRAWN_AT_ONCE = 200;

/** The traces found. */
export function ResultTable(props: ResultTableProps): React.ReactNode {
  const { traces, tagKeys, sort, onSort } = props;
  const text = useText('search');
  const time = useTimeFormat();
  const colors = useCanvasColors();
  const { absoluteTime } = useSettings();
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const table = useRef<HTMLTableElement>(null);
  const [top, setTop] = useState(0);
  const toggle = (traceId: string): void =>
    setExpanded(ids => {
      const next = new Set(ids);
      if (!next.delete(traceId)) next.add(traceId);
      return next;
    });

  const virtual = traces.length > DRAWN_AT_ONCE;
  const rowHeight = useRowHeight(table);
  const virtualizer = useWindowVirtualizer({
    count: virtual ? traces.length : 0,
    estimateSize: index => (expanded.has(traces[index]!.traceId) ? rowHeight + 40 : rowHeight),
    getItemKey: index => traces[index]!.traceId,
    overscan: 20,
    scrollMargin: top,
  });
  useLayoutEffect(() => {
    if (table.current !== null) setTop(table.current.getBoundingClientRect().top + scrollY);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: sizes are estimated again for another row height
  useEffect(() => virtualizer.measure(), [rowHeight]);
  useListKeys(table, {
    traces,
    onMark: props.onMark,
    onExpand: toggle,
    onCompare: props.onCompare,
    scrollTo: index => virtual && virtualizer.scrollToIndex(index),
  });

  const items = virtualizer.getVirtualItems();
  const before = virtual ? (items[0]?.start ?? top) - top : 0;
  const after = virtual ? virtualizer.getTotalSize() - ((items.at(-1)?.end ?? top) - top) : 0;
  const shown = virtual ? items.map(({ index }) => index) : traces.map((_, index) => index);

  return (
    <table
      ref={table}
      className={styles.table}
      data-dates={absoluteTime || undefined}
      data-tags={tagKeys.length > 0 || undefined}
      aria-label={text.table}
      aria-rowcount={virtual ? traces.length + 1 : undefined}
    >
      <colgroup>
        <col className={styles.markColumn} />
        <col />
        <col className={styles.pictureColumn} />
        <col className={styles.servicesColumn} />
        {tagKeys.map(key => (
          <col key={key} className={styles.tagColumn} />
        ))}
        <col className={styles.spansColumn} />
        <col className={styles.errorsColumn} />
        <col className={styles.durationColumn} />
        <col className={styles.startColumn} />
      </colgroup>
      <thead>
        <tr>
          <th scope="col" className={styles.mark}>
            <span className="visually-hidden">{text.columns.mark}</span>
          </th>
          <th scope="col" className={styles.rootHead}>
            {text.columns.root}
          </th>
          <th scope="col" className={styles.picture}>
            <span className="visually-hidden">{text.columns.picture}</span>
          </th>
          <th scope="col" className={styles.services}>
            {text.columns.services}
          </th>
          {tagKeys.map(key => (
            <th key={key} scope="col" className={styles.tag} title={key}>
              {key}
            </th>
          ))}
          <SortHead
            className={styles.spans!}
            label={text.columns.spans}
            sort={sort}
            onSort={onSort}
            descending="spans"
          />
          <SortHead
            className={styles.errors!}
            label={text.columns.errors}
            sort={sort}
            onSort={onSort}
            descending="errors"
          />
          <SortHead
            className={styles.duration!}
            label={text.columns.duration}
            sort={sort}
            onSort={onSort}
            descending="longest"
            ascending="shortest"
          />
          <SortHead
            className={styles.start!}
            label={text.columns.start}
            sort={sort}
            onSort={onSort}
            descending="newest"
            ascending="oldest"
          >
            <button
              type="button"
              className={styles.clock}
              aria-label={absoluteTime ? text.relativeTime : text.absoluteTime}
              title={absoluteTime ? text.relativeTime : text.absoluteTime}
              onClick={() => saveSetting('absoluteTime', !absoluteTime)}
            >
              <Icon name="clock" />
            </button>
          </SortHead>
        </tr>
      </thead>
      <tbody>
        {before > 0 && <Spacer height={before} columns={8 + tagKeys.length} />}
        {shown.map(index => {
          const trace = traces[index]!;
          return (
            <ResultRow
              key={trace.traceId}
              index={index}
              trace={trace}
              tagKeys={tagKeys}
              text={text}
              time={time}
              now={absoluteTime ? undefined : props.now}
              longest={props.longest}
              slots={props.slots}
              colors={colors}
              marked={props.marked.includes(trace.traceId)}
              expanded={expanded.has(trace.traceId)}
              onMark={props.onMark}
              onExpand={toggle}
              onService={props.onService}
            />
          );
        })}
        {after > 0 && <Spacer height={after} columns={8 + tagKeys.length} />}
      </tbody>
    </table>
  );
}

function Spacer({ height, columns }: { readonly height: number; readonly columns: number }): React.ReactNode {
  return (
    <tr aria-hidden="true">
      <td colSpan={columns} style={{ blockSize: height, padding: 0 }} />
    </tr>
  );
}

interface SortHeadProps {
  readonly label: string;
  readonly className: string;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  readonly descending: Sort;
  readonly ascending?: Sort;
  readonly children?: React.ReactNode;
}

function SortHead({ label, className, sort, onSort, descending, ascending, children }: SortHeadProps): React.ReactNode {
  const state = sort === descending ? 'descending' : sort === ascending ? 'ascending' : 'none';
  return (
    <th scope="col" className={className} aria-sort={state}>
      <button
        type="button"
        className={styles.sort}
        onClick={() => onSort(state === 'descending' && ascending !== undefined ? ascending : descending)}
      >
        {label}
        <span aria-hidden="true" className={styles.arrow}>
          {state === 'descending' ? '↓' : state === 'ascending' ? '↑' : ''}
        </span>
      </button>
      {children}
    </th>
  );
}

/** The height that CSS gives a row: it depends on density, width and the kind of pointer. */
function useRowHeight(table: RefObject<HTMLTableElement | null>): number {
  const [height, setHeight] = useState(28);
  useLayoutEffect(() => {
    if (table.current === null) return;
    const observer = new ResizeObserver(() => {
      const row = table.current?.querySelector<HTMLElement>('tr[data-index]');
      if (row) setHeight(row.offsetHeight);
    });
    observer.observe(table.current);
    return () => observer.disconnect();
  }, [table]);
  return height;
}
