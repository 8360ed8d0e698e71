import { useState } from 'react';
import type { SpanGroup, SpanGroups } from '../../api/analysis.ts';
import { useNumberFormat } from '../../format/use-number-format.ts';
import { useText } from '../../i18n/use-text.ts';
import { formatDuration } from '../../kernel/duration-text.ts';
import styles from './services.module.css';
import { Sparkline } from './sparkline.tsx';

export interface GroupTableProps {
  readonly label: string;
  /** Heading of the first column. */
  readonly head: string;
  readonly groups: SpanGroups;
  /** Which of them to show. */
  readonly shown: readonly SpanGroup[];
  readonly nameOf: (group: SpanGroup) => string;
  readonly renderName: (group: SpanGroup) => React.ReactNode;
  readonly renderLinks: (group: SpanGroup) => React.ReactNode;
}

type Column = 'name' | 'rate' | 'errorRate' | 'p50' | 'p95' | 'p99';

/** Rate, errors and durations, a row for each service or operation; sorted by any of them. */
export function GroupTable(props: GroupTableProps): React.ReactNode {
  const text = useText('analysis');
  const number = useNumberFormat();
  const [sort, setSort] = useState<Column>('rate');
  const { groups, shown, nameOf } = props;
  const seconds = (groups.endTs - groups.startTs) / 1000;
  const value = (group: SpanGroup): number =>
    sort === 'rate'
      ? group.spans
      : sort === 'errorRate'
        ? group.errors / group.spans
        : sort === 'name'
          ? 0
          : (group[sort] ?? 0);
  const sorted = shown.toSorted((a, b) => value(b) - value(a) || nameOf(a).localeCompare(nameOf(b)));
  const head = (column: Column, title: string): React.ReactNode => (
    <th scope="col" aria-sort={sort === column ? (column === 'name' ? 'ascending' : 'descending') : undefined}>
      <button type="button" title={text.sortBy(title)} onClick={() => setSort(column)}>
        {title}
        {sort === column && <span aria-hidden="true">{column === 'name' ? ' ↑' : ' ↓'}</span>}
      </button>
    </th>
  );
  const duration = (micros: number | undefined): string => (micros === undefined ? '–' : formatDuration(micros));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={props.label}>
      <table className={styles.table}>
        <thead>
          <tr>
            {head('name', props.head)}
            {head('rate', text.rate)}
            <th scope="col">{text.trend}</th>
            {head('errorRate', text.errorRate)}
            {head('p50', 'p50')}
            {head('p95', 'p95')}
            {head('p99', 'p99')}
            <td />
          </tr>
        </thead>
        <tbody>
          {sorted.map(group => (
            <tr key={nameOf(group)}>
              <th scope="row" title={nameOf(group)}>
                {props.renderName(group)}
              </th>
              <td title={text.requests(number(group.spans))}>{number(group.spans / seconds)}</td>
              <td className={styles.trend}>
                <Sparkline series={group.series} buckets={groups.buckets} />
              </td>
              <td className={group.errors > 0 ? 'error-text' : 'muted'}>
                {group.errors === 0 ? '–' : number(group.errors / group.spans, 'percent')}
              </td>
              <td>{duration(group.p50)}</td>
              <td>{duration(group.p95)}</td>
              <td>{duration(group.p99)}</td>
              <td className={styles.links}>{props.renderLinks(group)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {groups.more && <p className="muted">{text.moreGroups(groups.groups.length)}</p>}
    </section>
  );
}
