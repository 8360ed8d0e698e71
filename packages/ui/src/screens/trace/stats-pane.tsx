import { useMemo } from 'react';
import { useSearchParams } from '../../app/use-search-params.ts';
import { useNumberFormat } from '../../format/use-number-format.ts';
import { useText } from '../../i18n/use-text.ts';
import { formatDuration } from '../../kernel/duration-text.ts';
import type { StatsBy, StatsRow } from '../../kernel/stats.ts';
import styles from './panes.module.css';
import type { PageContext } from './trace-page.tsx';
import { useWorker } from './use-find.ts';

const MOST_GROUPS = 500;

type Measure = 'count' | 'errors' | 'total' | 'self' | 'average' | 'p50' | 'p95' | 'max' | 'criticalShare';
const MEASURES: readonly Measure[] = [
  'count',
  'errors',
  'total',
  'self',
  'average',
  'p50',
  'p95',
  'max',
  'criticalShare',
];

/** Spans grouped by service, operation or any tag; each column shaded by its share of the column's largest. */
export function StatsPane({
  context,
  go,
}: {
  readonly context: PageContext;
  readonly go: (row: number) => void;
}): React.ReactNode {
  const text = useText('trace');
  const number = useNumberFormat();
  const [search, patch] = useSearchParams();
  const { client, opened, setOpen } = context;
  const by = search['by'] ?? 'service';
  const keys = useWorker(() => client.call('tagKeys', []), [client, opened]);
  const within = search['within'] ?? '';
  const rows = useWorker(
    () => client.call('stats', within === '' ? [statsBy(by)] : [statsBy(by), statsBy(within)]),
    [client, opened, by, within],
  );
  const wish = search['sort'] ?? '-self';
  const descending = wish.startsWith('-');
  const measure = MEASURES.find(one => one === wish.replace(/^-/, '')) ?? 'self';
  const sorted = useMemo(
    () => [...(rows ?? [])].sort((a, b) => (descending ? b[measure] - a[measure] : a[measure] - b[measure])),
    [rows, measure, descending],
  );
  const largest = (of: Measure): number => sorted.reduce((max, row) => Math.max(max, row[of]), 0);
  const most = Object.fromEntries(MEASURES.map(of => [of, largest(of)])) as Record<Measure, number>;
  const labels = { ...text.stats, criticalShare: text.stats.critical };
  const show = (row: StatsRow, of: Measure): string => {
    if (of === 'count' || of === 'errors') return row[of] === 0 ? '–' : number(row[of]);
    return of === 'criticalShare' ? (row[of] === 0 ? '–' : number(row[of], 'percent')) : formatDuration(row[of]);
  };
  const choices = (
    <>
      <option value="service">{text.stats.service}</option>
      <option value="operation">{text.stats.operation}</option>
      <option value="name">{text.stats.name}</option>
      {keys?.slice(0, 200).map(key => (
        <option key={key} value={`tag:${key}`}>
          {text.stats.tag(key)}
        </option>
      ))}
    </>
  );
  return (
    <div className={styles.pane}>
      <div className={`${styles.paneTools} no-print`}>
        <label>
          {text.stats.by}{' '}
          <select
            value={by}
            onChange={event => patch({ by: event.target.value === 'service' ? undefined : event.target.value })}
          >
            {choices}
          </select>
        </label>
        <label>
          {text.stats.within}{' '}
          <select value={within} onChange={event => patch({ within: event.target.value || undefined })}>
            <option value="">{text.stats.nothing}</option>
            {choices}
          </select>
        </label>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard */}
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={text.stats.label}>
        <table className={styles.stats}>
          <thead>
            <tr>
              <th scope="col">{text.stats.group}</th>
              {MEASURES.map(of => (
                <th
                  key={of}
                  scope="col"
                  aria-sort={of === measure ? (descending ? 'descending' : 'ascending') : 'none'}
                >
                  <button
                    type="button"
                    className={styles.sort}
                    onClick={() => patch({ sort: of === measure && descending ? of : `-${of}` })}
                  >
                    {labels[of]}
                    <span aria-hidden="true">{of === measure ? (descending ? ' ▼' : ' ▲') : ''}</span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, MOST_GROUPS).map(row => (
              <tr key={`${row.label} ${row.within ?? ''}`}>
                <th scope="row">
                  <button
                    type="button"
                    className={styles.groupName}
                    onClick={() => {
                      go(row.longest);
                      setOpen(true);
                    }}
                  >
                    {row.label || text.stats.none}
                    {row.within !== undefined && <span className="muted"> › {row.within || text.stats.none}</span>}
                  </button>
                </th>
                {MEASURES.map(of => (
                  <td
                    key={of}
                    data-error={(of === 'errors' && row.errors > 0) || undefined}
                    ref={cell => cell?.style.setProperty('--share', String(most[of] === 0 ? 0 : row[of] / most[of]))}
                  >
                    {show(row, of)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {sorted.length > MOST_GROUPS && <p className="muted">{text.stats.more(sorted.length - MOST_GROUPS)}</p>}
      </div>
    </div>
  );
}

function statsBy(param: string): StatsBy {
  if (param.startsWith('tag:')) return { by: 'tag', key: param.slice(4) };
  return { by: param === 'operation' || param === 'name' ? param : 'service' };
}
