import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { DependencyLink } from '@tracekin/model';
import { getJson } from '../../api/request.ts';
import { useNumberFormat } from '../../format/use-number-format.ts';
import { useText } from '../../i18n/use-text.ts';
import type { TimeWindow } from '../search/time-range.ts';
import styles from './services.module.css';

/** Who calls a service and whom it calls, by the dependency links of the time. */
export function Neighbours({
  service,
  window: { startTs, endTs },
  times,
}: {
  readonly service: string;
  readonly window: TimeWindow;
  readonly times: Readonly<Record<string, string>>;
}): React.ReactNode {
  const text = useText('analysis');
  const number = useNumberFormat();
  const { data = [] } = useQuery({
    queryKey: ['dependencies', startTs, endTs],
    queryFn: ({ signal }) =>
      getJson<DependencyLink[]>('api/v2/dependencies', { endTs, lookback: endTs - startTs }, signal),
  });
  const list = (title: string, links: readonly DependencyLink[], end: 'parent' | 'child'): React.ReactNode => (
    <section aria-label={title}>
      <h2>{title}</h2>
      {links.length === 0 && <p className="muted">{text.nobody}</p>}
      <ul>
        {links
          .toSorted((a, b) => b.callCount - a.callCount)
          .map(link => (
            <li key={link[end]}>
              <Link to="/services/$name" params={{ name: link[end] }} search={times as never}>
                {link[end]}
              </Link>{' '}
              <span className="muted">{number(link.callCount)}</span>
              {(link.errorCount ?? 0) > 0 && (
                <span className="error-text"> {number(link.errorCount! / link.callCount, 'percent')}</span>
              )}
            </li>
          ))}
      </ul>
    </section>
  );
  return (
    <div className={styles.neighbours}>
      {list(
        text.calledBy,
        data.filter(({ child }) => child === service),
        'parent',
      )}
      {list(
        text.calls,
        data.filter(({ parent }) => parent === service),
        'child',
      )}
    </div>
  );
}
