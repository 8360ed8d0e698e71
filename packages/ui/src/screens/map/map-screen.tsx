import { useQuery } from '@tanstack/react-query';
import type { DependencyLink } from '@tracekin/model';
import { useMemo, useState } from 'react';
import { groupsQuery } from '../../api/analysis.ts';
import { getJson } from '../../api/request.ts';
import { useConfig } from '../../api/use-config.ts';
import { showNotice } from '../../app/notice-store.ts';
import { useShortcuts } from '../../app/shortcuts.ts';
import { useSearchParams } from '../../app/use-search-params.ts';
import { useTitle } from '../../app/use-title.ts';
import { useNumberFormat } from '../../format/use-number-format.ts';
import { useText } from '../../i18n/use-text.ts';
import { CopyButton } from '../../widgets/copy-button.tsx';
import { copyText } from '../../widgets/copy-text.ts';
import { Icon } from '../../widgets/icon.tsx';
import { Message } from '../../widgets/message.tsx';
import { RequestFailure } from '../../widgets/request-failure.tsx';
import { saveFile } from '../../widgets/save-file.ts';
import { edgesToCsv } from './csv.ts';
import { buildGraph, busiestService, focusGraph } from './graph.ts';
import { LinkTable } from './link-table.tsx';
import styles from './map-screen.module.css';
import { DEFAULT_HOPS, LAYOUTS, readMapState } from './map-url.ts';
import { MapView } from './map-view.tsx';
import { Matrix } from './matrix.tsx';
import { ServicePanel } from './service-panel.tsx';
import { TimeWindowFields } from './time-window.tsx';

const DAY = 86_400_000;
/** Above this, boxes and arrows cannot be read, and the layout takes seconds (ui.md 5.3 G). */
const MOST_DRAWN = 300;

/** Which service calls which: map, matrix or table of the dependency links of a time window. */
export function MapScreen(): React.ReactNode {
  const text = useText('map');
  useTitle(text.title);
  const app = useText('app');
  const number = useNumberFormat();
  const config = useConfig();
  const [params, patch] = useSearchParams();
  const state = readMapState(params);
  const [openedAt] = useState(Date.now);
  const startTime = state.window?.startTime ?? openedAt - DAY;
  const endTime = state.window?.endTime ?? openedAt;
  const [selected, setSelected] = useState<string>();
  const [typed, setTyped] = useState('');
  const found = typed.trim().toLowerCase();

  const query = useQuery({
    queryKey: ['dependencies', startTime, endTime],
    queryFn: ({ signal }) =>
      getJson<DependencyLink[]>('api/v2/dependencies', { endTs: endTime, lookback: endTime - startTime }, signal),
  });
  // Of the calls that say whom they call; they come later than the map and change nothing of its shape.
  const durations = useQuery({
    ...groupsQuery({ by: 'call', buckets: 1, groups: 1000, endTs: endTime, lookback: endTime - startTime }),
    enabled: config.capabilities.has('red') && query.isSuccess,
  });
  const whole = useMemo(() => buildGraph(query.data ?? [], durations.data?.groups), [query.data, durations.data]);
  const busiest = useMemo(() => busiestService(whole), [whole]);
  const graph = useMemo(
    () => (state.focus === undefined ? whole : focusGraph(whole, state.focus, state.hops)),
    [whole, state.focus, state.hops],
  );
  const layout = state.layout ?? (graph.services.length > MOST_DRAWN ? 'matrix' : 'map');
  const times = { lookback: 'range', startTs: String(startTime), endTs: String(endTime) };
  const searchOf = (serviceName: string): Record<string, string> => ({ serviceName, ...times });
  const searchBetween = (serviceName: string, remoteServiceName: string): Record<string, string> => ({
    serviceName,
    remoteServiceName,
    ...times,
  });
  const focusOn = (focus: string | undefined): void => {
    setSelected(focus);
    patch({ focus, hops: focus === undefined ? undefined : params['hops'] }, { push: true });
  };
  const address = (): string => {
    const url = new URL(location.href);
    url.searchParams.set('startTime', String(startTime));
    url.searchParams.set('endTime', String(endTime));
    return url.href;
  };
  useShortcuts({
    '/': () => document.getElementById('find-service')?.focus(),
    y: () => void copyText(address()).then(done => done && showNotice(app.copied)),
  });

  if (!config.dependency.enabled) return <Message level={1} title={text.disabledTitle} />;
  const isEmpty = query.isSuccess && graph.edges.length === 0;
  return (
    <div className={styles.screen} data-layout={layout}>
      <h1 className="visually-hidden">{text.title}</h1>
      <div className={`${styles.tools} no-print`}>
        <TimeWindowFields
          startTime={startTime}
          endTime={endTime}
          fixed={state.window !== undefined}
          onChange={window =>
            patch(
              { startTime: window && String(window.startTime), endTime: window && String(window.endTime) },
              { push: true },
            )
          }
        />
        <input
          id="find-service"
          type="search"
          aria-label={text.find}
          placeholder={text.find}
          value={typed}
          onChange={event => setTyped(event.target.value)}
        />
        <select
          aria-label={text.focus}
          value={state.focus ?? ''}
          onChange={event => focusOn(event.target.value || undefined)}
        >
          <option value="">{text.everything}</option>
          {state.focus !== undefined && !whole.services.includes(state.focus) && <option>{state.focus}</option>}
          {whole.services.map(service => (
            <option key={service} value={service}>
              {service}
            </option>
          ))}
        </select>
        {state.focus === undefined && busiest !== undefined && (
          <button type="button" className="button" title={busiest} onClick={() => focusOn(busiest)}>
            {text.focusBusiest}
          </button>
        )}
        {state.focus !== undefined && (
          <label className={styles.inline}>
            <span className="field-label">{text.hops}</span>
            <select
              value={Number.isFinite(state.hops) ? state.hops : 'all'}
              onChange={event =>
                patch({ hops: event.target.value === String(DEFAULT_HOPS) ? undefined : event.target.value })
              }
            >
              {[1, 2, 3, 4].map(hops => (
                <option key={hops}>{hops}</option>
              ))}
              <option value="all">{text.allHops}</option>
            </select>
          </label>
        )}
        <div role="group" aria-label={text.layout} className={styles.switch}>
          {LAYOUTS.map(option => (
            <button
              key={option}
              type="button"
              className="button"
              aria-pressed={layout === option}
              onClick={() => patch({ layout: option })}
            >
              {text.layouts[option]}
            </button>
          ))}
        </div>
        <button
          type="button"
          className="button"
          disabled={graph.edges.length === 0}
          onClick={() => saveFile('service-map.csv', 'text/csv', edgesToCsv(graph.edges))}
        >
          <Icon name="download" />
          {text.exportCsv}
        </button>
        <CopyButton iconOnly text={address} label={app.copyLink} />
        <p role="status" className={`muted ${styles.figures}`}>
          {query.isSuccess && text.figures(graph.services.length, graph.edges.length, number(graph.calls))}
        </p>
      </div>
      <div className={styles.body} aria-busy={query.isLoading}>
        {query.isError ? (
          <RequestFailure error={query.error} onRetry={() => void query.refetch()} />
        ) : isEmpty ? (
          <Message
            title={text.emptyTitle}
            text={state.focus !== undefined && whole.edges.length > 0 ? text.notFound(state.focus) : text.emptyText}
          >
            {state.focus !== undefined && whole.edges.length > 0 ? (
              <button type="button" className="button primary" onClick={() => focusOn(undefined)}>
                {text.everything}
              </button>
            ) : (
              <button
                type="button"
                className="button primary"
                onClick={() =>
                  patch({ startTime: String(Date.now() - 7 * DAY), endTime: String(Date.now()) }, { push: true })
                }
              >
                {text.emptyWiden}
              </button>
            )}
          </Message>
        ) : !query.isSuccess ? null : layout === 'table' ? (
          <LinkTable
            edges={graph.edges}
            seconds={(endTime - startTime) / 1000}
            rates={config.dependency}
            found={found}
            searchBetween={searchBetween}
          />
        ) : layout === 'matrix' ? (
          <Matrix graph={graph} rates={config.dependency} found={found} searchBetween={searchBetween} />
        ) : graph.services.length > MOST_DRAWN ? (
          <Message title={text.tooLarge(graph.services.length)}>
            <button type="button" className="button primary" onClick={() => patch({ layout: 'matrix' })}>
              {text.layouts.matrix}
            </button>
          </Message>
        ) : (
          <>
            <MapView
              graph={graph}
              rates={config.dependency}
              selected={selected}
              found={found}
              onSelect={setSelected}
              searchBetween={searchBetween}
            />
            <Legend
              low={number(config.dependency.lowErrorRate, 'percent')}
              high={number(config.dependency.highErrorRate, 'percent')}
            />
          </>
        )}
        {selected !== undefined && graph.services.includes(selected) && layout === 'map' && (
          <ServicePanel
            service={selected}
            graph={graph}
            rates={config.dependency}
            searchOf={searchOf}
            hasPages={config.capabilities.has('red')}
            times={times}
            searchBetween={searchBetween}
            onSelect={setSelected}
            onFocus={focusOn}
          />
        )}
      </div>
    </div>
  );
}

function Legend({ low, high }: { readonly low: string; readonly high: string }): React.ReactNode {
  const text = useText('map');
  const rows = [
    ['ok', text.legendOk(low)],
    ['low', text.legendLow(low)],
    ['high', text.legendHigh(high)],
  ] as const;
  return (
    <ul className={styles.legend} aria-label={text.legend}>
      {rows.map(([health, label]) => (
        <li key={health}>
          <svg width="32" height="8" aria-hidden="true" data-health={health}>
            <path d="M0 4h32" />
          </svg>
          {label}
        </li>
      ))}
      <li>{text.legendWidth}</li>
    </ul>
  );
}
