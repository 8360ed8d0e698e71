import { useState } from 'react';
import { useText } from '../../i18n/use-text.ts';
import { formatDuration } from '../../kernel/duration-text.ts';
import { groupStart } from '../../kernel/repeats.ts';
import { groupOfEntry } from '../../kernel/rows.ts';
import { cssColor } from '../../render/service-fill.ts';
import styles from './detail.module.css';
import type { PageContext } from './trace-page.tsx';
import type { RowsState } from './use-rows.ts';

/** The repeats of one operation: how many, how long, and each of them. */
export function GroupDetail({
  context,
  rows,
  go,
  close,
}: {
  readonly context: PageContext;
  readonly rows: RowsState;
  readonly go: (row: number) => void;
  readonly close: React.ReactNode;
}): React.ReactNode {
  const text = useText('trace');
  const { opened, text: names, selected, colors } = context;
  const { repeats, trace } = opened;
  const group = groupOfEntry(selected);
  const from = groupStart(repeats, group);
  const members = repeats.members.subarray(from, repeats.memberEnd[group]);
  const first = members[0];
  const [shown, setShown] = useState(100);
  if (first === undefined) return close;
  const fact = (label: string, value: string): React.ReactNode => (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
  return (
    <>
      <header className={styles.head}>
        <h2>
          <span
            className={styles.swatch}
            ref={element => element?.style.setProperty('--color', cssColor(colors[trace.service[first] as number]))}
          />
          {names.service(first)} <span className={styles.spanName}>{names.name(first)}</span> ×{members.length}
        </h2>
        {close}
      </header>
      <p className={styles.actions}>
        {text.timeline.groupTitle(
          members.length,
          formatDuration(repeats.min[group] as number),
          formatDuration(repeats.median[group] as number),
          formatDuration(repeats.max[group] as number),
          formatDuration(repeats.total[group] as number),
        )}
      </p>
      <dl className={styles.facts}>
        {fact(text.stats.total, formatDuration(repeats.total[group] as number))}
        {fact(text.stats.p50, formatDuration(repeats.median[group] as number))}
        {fact(text.stats.max, formatDuration(repeats.max[group] as number))}
      </dl>
      <div className={styles.actions}>
        <button type="button" className="button" onClick={() => rows.toggle(selected)}>
          {rows.openGroups[group] === 1 ? text.detail.hideMembers : text.detail.showMembers}
        </button>
      </div>
      <section className={styles.section}>
        <h3>{text.detail.members}</h3>
        <ul className={styles.links}>
          {Array.from(members.subarray(0, shown), row => (
            <li key={row}>
              <button type="button" onClick={() => go(row)}>
                <span className="mono">{names.id(row)}</span>
                <span>{formatDuration(trace.duration[row] as number)}</span>
              </button>
            </li>
          ))}
        </ul>
        {shown < members.length && (
          <button type="button" className="button" onClick={() => setShown(shown + 500)}>
            {text.json.more}
          </button>
        )}
      </section>
    </>
  );
}
