import { useMemo } from 'react';
import { useSearchParams } from '../../app/use-search-params.ts';
import { useText } from '../../i18n/use-text.ts';
import { formatDuration } from '../../kernel/duration-text.ts';
import type { SortColumn } from '../../kernel/session.ts';
import { ERROR, NO_DURATION } from '../../kernel/trace.ts';
import { cssColor } from '../../render/service-fill.ts';
import { Icon } from '../../widgets/icon.tsx';
import { saveFile } from './archive.ts';
import styles from './panes.module.css';
import { type Column, RowList } from './row-list.tsx';
import { ColumnTools, useTagColumns } from './tag-columns.tsx';
import type { PageContext } from './trace-page.tsx';
import { useWorker } from './use-find.ts';

type FixedColumn = Exclude<SortColumn, `tag:${string}`> | 'id';

const COLUMNS: readonly {
  readonly key: FixedColumn;
  readonly width: string;
  readonly numeric: boolean;
  readonly descendingFirst: boolean;
}[] = [
  { key: 'service', width: 'minmax(90px, 1fr)', numeric: false, descendingFirst: false },
  { key: 'name', width: 'minmax(120px, 2fr)', numeric: false, descendingFirst: false },
  { key: 'start', width: '90px', numeric: true, descendingFirst: false },
  { key: 'duration', width: '90px', numeric: true, descendingFirst: true },
  { key: 'self', width: '90px', numeric: true, descendingFirst: true },
  { key: 'depth', width: '60px', numeric: true, descendingFirst: false },
  { key: 'error', width: '60px', numeric: false, descendingFirst: true },
  { key: 'id', width: '140px', numeric: false, descendingFirst: false },
];

/** Every span as a row; sorted by the worker. `sort=-duration` in the address is "longest first". */
export function TablePane({
  context,
  matches,
}: {
  readonly context: PageContext;
  readonly matches: Uint8Array | undefined;
}): React.ReactNode {
  const text = useText('trace');
  const [search, patch] = useSearchParams();
  const { client, opened, state, text: names, colors, selected, select, setOpen } = context;
  const { trace, self } = opened;
  const wish = search['sort'] ?? 'start';
  const descending = wish.startsWith('-');
  const column = sortColumn(wish.replace(/^-/, ''), state.columns);
  const tags = useTagColumns(context);
  const sorted = useWorker(() => client.call('sort', [column, descending]), [client, opened, column, descending]);
  const rows = useMemo(
    () =>
      sorted === undefined || !state.only || matches === undefined ? sorted : sorted.filter(row => matches[row] === 1),
    [sorted, state.only, matches],
  );
  const columns = COLUMNS.map(({ key, numeric, descendingFirst }): Column => {
    const own = key === column;
    return {
      key,
      label: text.table[key],
      numeric,
      ...(key !== 'id' && {
        sort: own ? (descending ? 'descending' : 'ascending') : 'none',
        onSort: () => patch({ sort: (own ? !descending : descendingFirst) ? `-${key}` : key }),
      }),
    };
  });
  for (const [i, { key }] of tags.entries()) {
    const own = column === `tag:${key}`;
    columns.push({
      key: `tag ${i}`,
      label: key,
      sort: own ? (descending ? 'descending' : 'ascending') : 'none',
      onSort: () => patch({ sort: own && !descending ? `-tag:${key}` : `tag:${key}` }),
    });
  }
  const shown = useMemo(() => [rows, tags], [rows, tags]);
  const selectedIndex = useMemo(() => (rows === undefined ? -1 : rows.indexOf(selected)), [rows, selected]);
  const values = (row: number): string[] => {
    const flags = trace.flags[row] as number;
    return [
      names.service(row) || names.client(row),
      names.name(row),
      formatDuration(trace.start[row] as number),
      (flags & NO_DURATION) !== 0 ? '–' : formatDuration(trace.duration[row] as number),
      formatDuration(self[row] as number),
      String((trace.depth[row] as number) + 1),
      (flags & ERROR) !== 0 ? text.timeline.error : '',
      names.id(row),
      ...tags.map(({ valueAt }) => valueAt(row)),
    ];
  };
  const csv = (): void => {
    const quote = (value: string): string => `"${value.replaceAll('"', '""')}"`;
    const lines = [
      ['service,name,start_us,duration_us,self_us,depth,error,span_id', ...tags.map(({ key }) => quote(key))].join(','),
    ];
    for (const row of rows ?? []) {
      const [service = '', name = ''] = values(row);
      const flags = trace.flags[row] as number;
      lines.push(
        [
          quote(service),
          quote(name),
          trace.start[row],
          trace.duration[row],
          self[row],
          (trace.depth[row] as number) + 1,
          (flags & ERROR) === 0 ? 0 : 1,
          names.id(row),
          ...tags.map(({ valueAt }) => quote(valueAt(row))),
        ].join(','),
      );
    }
    saveFile(`${trace.traceId}.csv`, lines.join('\n'), 'text/csv');
  };
  return (
    <div className={styles.pane}>
      <div className={`${styles.paneTools} no-print`}>
        <span className="muted">{text.table.count(rows?.length ?? 0)}</span>
        <button type="button" className="button quiet" onClick={csv}>
          <Icon name="download" />
          {text.table.csv}
        </button>
        <ColumnTools context={context} />
      </div>
      <RowList
        label={text.table.label}
        columns={columns}
        template={[...COLUMNS.map(({ width }) => width), ...tags.map(() => 'minmax(90px, 1fr)')].join(' ')}
        count={rows?.length ?? 0}
        version={shown}
        selected={selectedIndex}
        onSelect={index => {
          const row = rows?.[index];
          if (row === undefined) return;
          select(row);
          setOpen(true);
        }}
        fill={(cells, index, element) => {
          const row = rows?.[index];
          if (row === undefined) return;
          for (const [i, value] of values(row).entries()) {
            const cell = cells[i] as HTMLElement;
            cell.textContent = value;
            cell.className =
              COLUMNS[i]?.numeric === true ? (styles.numeric as string) : i === 7 ? (styles.idCell as string) : '';
            cell.title = i < 2 || i >= COLUMNS.length ? value : '';
          }
          cells[0]?.style.setProperty('--color', cssColor(colors[trace.service[row] as number]));
          if (cells[0] !== undefined) cells[0].className = styles.serviceCell as string;
          if (((trace.flags[row] as number) & ERROR) !== 0) element.dataset['error'] = '';
          else delete element.dataset['error'];
          if (matches?.[row] === 1 && !state.only) element.dataset['match'] = '';
          else delete element.dataset['match'];
        }}
      />
    </div>
  );
}

/** What the address says, if the table has such a column. */
function sortColumn(wish: string, tags: readonly string[]): SortColumn {
  if (wish.startsWith('tag:') && tags.includes(wish.slice('tag:'.length))) return wish as SortColumn;
  return (COLUMNS.find(({ key }) => key !== 'id' && key === wish)?.key ?? 'start') as SortColumn;
}
