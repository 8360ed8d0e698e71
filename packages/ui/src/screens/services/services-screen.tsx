import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { groupsQuery } from '../../api/analysis.ts';
import { useConfig } from '../../api/use-config.ts';
import { useShortcuts } from '../../app/shortcuts.ts';
import { useSearchParams } from '../../app/use-search-params.ts';
import { useTitle } from '../../app/use-title.ts';
import { useText } from '../../i18n/use-text.ts';
import { assignServiceSlots, serviceColor } from '../../theme/service-colors.ts';
import { Message } from '../../widgets/message.tsx';
import { RequestFailure } from '../../widgets/request-failure.tsx';
import { RangePicker } from '../search/range-picker.tsx';
import { rangeParams } from '../search/search-url.ts';
import { GroupTable } from './group-table.tsx';
import styles from './services.module.css';
import { useServiceWindow } from './use-service-window.ts';

/** Every service that was called, with rate, errors and durations of the requests it served. */
export function ServicesScreen(): React.ReactNode {
  const text = useText('analysis');
  const search = useText('search');
  useTitle(text.servicesTitle);
  const config = useConfig();
  const [params, patch] = useSearchParams();
  const { range, window, refresh } = useServiceWindow(params);
  const isCounted = config.capabilities.has('red');
  const query = useQuery({
    ...groupsQuery({
      by: 'service',
      scope: 'entries',
      buckets: 40,
      groups: 500,
      endTs: window.endTs,
      lookback: window.endTs - window.startTs,
    }),
    enabled: isCounted,
    placeholderData: keepPreviousData,
  });
  const find = params['find'] ?? '';
  const groups = query.data?.groups;
  const slots = useMemo(() => assignServiceSlots((groups ?? []).map(({ serviceName = '' }) => serviceName)), [groups]);
  const times = rangeParams(range) as Record<string, string>;
  useShortcuts({ '/': () => document.getElementById('find-in-services')?.focus() });
  if (!isCounted) return <Message level={1} title={text.notCountedTitle} text={text.notCountedText} />;
  return (
    <div className={styles.screen}>
      <form
        className={`${styles.tools} no-print`}
        onSubmit={event => {
          event.preventDefault();
          refresh();
        }}
      >
        <h1>{text.servicesTitle}</h1>
        <input
          id="find-in-services"
          type="search"
          aria-label={text.findService}
          placeholder={text.findService}
          value={find}
          onChange={event => patch({ find: event.target.value || undefined })}
        />
        <RangePicker range={range} window={window} onChange={next => patch(rangeParams(next), { push: true })} />
        <button type="submit" className="button primary">
          {search.run}
        </button>
        <span role="status" className="muted">
          {query.isFetching ? text.loading : text.servicesText}
        </span>
      </form>
      {query.error !== null ? (
        <RequestFailure error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data === undefined ? null : query.data.groups.length === 0 ? (
        <Message title={text.noServices}>
          <button
            type="button"
            className="button primary"
            onClick={() => patch(rangeParams({ kind: 'last', lookback: 86_400_000 }), { push: true })}
          >
            {text.widen}
          </button>
        </Message>
      ) : (
        <GroupTable
          label={text.servicesTitle}
          head={text.service}
          groups={query.data}
          shown={query.data.groups.filter(({ serviceName = '' }) => serviceName.includes(find.trim().toLowerCase()))}
          nameOf={({ serviceName = '' }) => serviceName}
          renderName={({ serviceName }) =>
            serviceName === undefined ? (
              <span className="muted">{text.unnamed}</span>
            ) : (
              <>
                <i className={styles.swatch} style={{ background: serviceColor(slots.get(serviceName)) }} />
                <Link to="/services/$name" params={{ name: serviceName }} search={times as never}>
                  {serviceName}
                </Link>
              </>
            )
          }
          renderLinks={({ serviceName }) =>
            serviceName !== undefined && (
              <>
                <Link to="/" search={{ serviceName, ...times } as never} aria-label={text.tracesOf(serviceName)}>
                  {text.traces}
                </Link>
                {config.dependency.enabled && (
                  <Link
                    to="/dependency"
                    search={
                      {
                        focus: serviceName,
                        startTime: String(window.startTs),
                        endTime: String(window.endTs),
                      } as never
                    }
                    aria-label={`${text.onMap}: ${serviceName}`}
                  >
                    {text.onMap}
                  </Link>
                )}
              </>
            )
          }
        />
      )}
    </div>
  );
}
