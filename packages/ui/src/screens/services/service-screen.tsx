import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { groupsQuery, heatmapQuery, SCOPES, type Scope } from '../../api/analysis.ts';
import { useConfig } from '../../api/use-config.ts';
import { useSearchParams } from '../../app/use-search-params.ts';
import { useTitle } from '../../app/use-title.ts';
import { useText } from '../../i18n/use-text.ts';
import { Message } from '../../widgets/message.tsx';
import { RequestFailure } from '../../widgets/request-failure.tsx';
import { RangePicker } from '../search/range-picker.tsx';
import { rangeParams } from '../search/search-url.ts';
import { Charts } from './charts.tsx';
import { GroupTable } from './group-table.tsx';
import { Neighbours } from './neighbours.tsx';
import styles from './services.module.css';
import { useServiceWindow } from './use-service-window.ts';

/** One service: rate, errors and durations over time, its operations, who calls it and whom it calls. */
export function ServiceScreen(): React.ReactNode {
  const text = useText('analysis');
  const search = useText('search');
  const { name = '' } = useParams({ strict: false });
  useTitle(name);
  const config = useConfig();
  const navigate = useNavigate();
  const [params, patch] = useSearchParams();
  const { range, window, refresh } = useServiceWindow(params);
  const scope: Scope = SCOPES.find(option => option === params['of']) ?? 'entries';
  const spanName = params['spanName'];
  const enabled = config.capabilities.has('red');
  const asked = { serviceName: name, scope, endTs: window.endTs, lookback: window.endTs - window.startTs };
  const heatmap = useQuery({
    ...heatmapQuery({ ...asked, spanName, buckets: 90 }),
    enabled,
    placeholderData: keepPreviousData,
  });
  const operations = useQuery({
    ...groupsQuery({ ...asked, by: 'operation', buckets: 40, groups: 500 }),
    enabled,
    placeholderData: keepPreviousData,
  });
  const times = rangeParams(range) as Record<string, string>;
  const openTraces = (startTs: number, endTs: number): void =>
    void navigate({
      to: '/',
      search: {
        serviceName: name,
        ...(spanName !== undefined && { spanName }),
        ...rangeParams({ kind: 'range', startTs: Math.floor(startTs), endTs: Math.ceil(endTs) }),
      } as never,
    });
  if (!enabled) return <Message level={1} title={text.notCountedTitle} text={text.notCountedText} />;
  const error = heatmap.error ?? operations.error;
  return (
    <div className={styles.screen}>
      <form
        className={`${styles.tools} no-print`}
        onSubmit={event => {
          event.preventDefault();
          refresh();
        }}
      >
        <Link to="/services" search={times as never}>
          {text.servicesTitle}
        </Link>
        <h1>
          {name}
          {spanName !== undefined && <span className="muted"> {spanName}</span>}
        </h1>
        <RangePicker range={range} window={window} onChange={next => patch(rangeParams(next), { push: true })} />
        <label>
          <span className="field-label">{text.scope}</span>
          <select value={scope} onChange={event => patch({ of: event.target.value })}>
            {SCOPES.map(option => (
              <option key={option} value={option}>
                {text.scopes[option]}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" className="button primary">
          {search.run}
        </button>
        <Link to="/" search={{ serviceName: name, ...(spanName !== undefined && { spanName }), ...times } as never}>
          {text.traces}
        </Link>
        <Link
          to="/"
          search={
            {
              serviceName: name,
              ...(spanName !== undefined && { spanName }),
              ...times,
              view: 'heatmap',
              of: scope,
            } as never
          }
        >
          {text.asHeatmap}
        </Link>
        {config.dependency.enabled && (
          <Link
            to="/dependency"
            search={{ focus: name, startTime: String(window.startTs), endTime: String(window.endTs) } as never}
          >
            {text.onMap}
          </Link>
        )}
        <span role="status" className="muted">
          {heatmap.isFetching || operations.isFetching ? text.loading : ''}
        </span>
      </form>
      {error !== null && (
        <RequestFailure
          error={error}
          onRetry={() => {
            void heatmap.refetch();
            void operations.refetch();
          }}
        />
      )}
      {heatmap.data?.spans === 0 && (
        <Message title={text.noServices}>
          <button
            type="button"
            className="button primary"
            onClick={() => patch(rangeParams({ kind: 'last', lookback: 86_400_000 }), { push: true })}
          >
            {text.widen}
          </button>
        </Message>
      )}
      {heatmap.data !== undefined && heatmap.data.spans > 0 && <Charts heatmap={heatmap.data} onSelect={openTraces} />}
      {operations.data !== undefined && operations.data.groups.length > 0 && (
        <>
          <h2>{text.operations}</h2>
          <GroupTable
            label={text.operations}
            head={text.operation}
            groups={operations.data}
            shown={operations.data.groups}
            nameOf={({ spanName = '' }) => spanName}
            renderName={({ spanName: operation }) =>
              operation === undefined ? (
                <span className="muted">{text.unnamed}</span>
              ) : (
                <button
                  type="button"
                  className={`text-button ${styles.operation}`}
                  aria-pressed={operation === spanName}
                  onClick={() => patch({ spanName: operation === spanName ? undefined : operation }, { push: true })}
                >
                  {operation}
                </button>
              )
            }
            renderLinks={({ spanName: operation }) =>
              operation !== undefined && (
                <Link
                  to="/"
                  search={{ serviceName: name, spanName: operation, ...times } as never}
                  aria-label={text.tracesOf(operation)}
                >
                  {text.traces}
                </Link>
              )
            }
          />
        </>
      )}
      {config.dependency.enabled && <Neighbours service={name} window={window} times={times} />}
    </div>
  );
}
