import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { UiConfig } from '../../api/config.ts';
import { useNumberFormat } from '../../format/use-number-format.ts';
import { useText } from '../../i18n/use-text.ts';
import { formatDuration } from '../../kernel/duration-text.ts';
import { Icon } from '../../widgets/icon.tsx';
import { type Edge, edgeHealth, errorRate } from './graph.ts';
import styles from './link-table.module.css';

export interface LinkTableProps {
  readonly edges: readonly Edge[];
  readonly rates: UiConfig['dependency'];
  /** Length of the time that the calls are counted over. */
  readonly seconds: number;
  readonly found: string;
  readonly searchBetween: (parent: string, child: string) => Record<string, string>;
}

type Column = 'parent' | 'child' | 'calls' | 'errors' | 'rate' | 'p95';

const VALUES: Readonly<Record<Column, (edge: Edge) => string | number>> = {
  parent: ({ parent }) => parent,
  child: ({ child }) => child,
  calls: ({ calls }) => calls,
  errors: ({ errors }) => errors,
  rate: errorRate,
  p95: ({ p95 = 0 }) => p95,
};
/** More rows than anybody reads; the rest follows on request, so that thousands of links open at once. */
const FIRST_ROWS = 500;

/** Every link of the map, to sort, read and follow. */
export function LinkTable({ edges, rates, seconds, found, searchBetween }: LinkTableProps): React.ReactNode {
  const text = useText('map');
  const number = useNumberFormat();
  const [sort, setSort] = useState<{ readonly column: Column; readonly up: boolean }>({ column: 'calls', up: false });
  const [all, setAll] = useState(false);
  const hasDurations = edges.some(({ p95 }) => p95 !== undefined);
  const rows = useMemo(() => {
    const value = VALUES[sort.column];
    const sign = sort.up ? 1 : -1;
    return edges
      .filter(({ parent, child }) => found === '' || parent.includes(found) || child.includes(found))
      .sort((a, b) => (value(a) < value(b) ? -sign : value(a) > value(b) ? sign : 0));
  }, [edges, found, sort]);

  const head = (column: Column, label: string, className?: string): React.ReactNode => (
    <th
      scope="col"
      className={className}
      aria-sort={sort.column !== column ? 'none' : sort.up ? 'ascending' : 'descending'}
    >
      <button
        type="button"
        onClick={() => setSort({ column, up: sort.column === column ? !sort.up : className === undefined })}
      >
        {label}
        {sort.column === column && <span aria-hidden="true">{sort.up ? '↑' : '↓'}</span>}
      </button>
    </th>
  );
  return (
    <div className={styles.frame}>
      <table className={styles.table} aria-label={text.table}>
        <thead>
          <tr>
            {head('parent', text.caller)}
            {head('child', text.callee)}
            {head('calls', text.calls, styles.number)}
            {head('errors', text.errors, `${styles.number} ${styles.errors}`)}
            {head('rate', text.errorRate, styles.number)}
            {hasDurations && head('p95', 'p95', styles.number)}
            <th scope="col" className={`${styles.number} ${styles.plain} ${styles.perMinute}`}>
              {text.callRate}
            </th>
            <th scope="col">
              <span className="visually-hidden">{text.traces}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {(all ? rows : rows.slice(0, FIRST_ROWS)).map(edge => {
            const { parent, child, calls, errors } = edge;
            const health = edgeHealth(edge, rates);
            return (
              <tr key={`${parent}\n${child}`} data-health={health}>
                <th scope="row">{parent}</th>
                <td>{child}</td>
                <td className={styles.number}>{number(calls)}</td>
                <td className={`${styles.number} ${styles.errors}`}>
                  {errors === 0 ? <span className="muted">–</span> : number(errors)}
                </td>
                <td className={`${styles.number} ${styles.rate}`}>
                  {health !== 'ok' && <Icon name="warning" />}
                  {errors === 0 ? <span className="muted">–</span> : number(errorRate(edge), 'percent')}
                </td>
                {hasDurations && (
                  <td className={styles.number}>
                    {edge.p95 === undefined ? <span className="muted">–</span> : formatDuration(edge.p95)}
                  </td>
                )}
                <td className={`${styles.number} ${styles.perMinute}`}>{number((calls / seconds) * 60)}</td>
                <td>
                  <Link to="/" search={searchBetween(parent, child)} aria-label={text.tracesBetween(parent, child)}>
                    {text.traces}
                  </Link>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {!all && rows.length > FIRST_ROWS && (
        <button type="button" className="button" onClick={() => setAll(true)}>
          {number(rows.length)}
        </button>
      )}
    </div>
  );
}
