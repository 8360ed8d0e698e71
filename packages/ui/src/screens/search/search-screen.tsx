import { useNavigate } from '@tanstack/react-router';
import { Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { SCOPES, type Scope } from '../../api/analysis.ts';
import { useConfig } from '../../api/use-config.ts';
import { showNotice } from '../../app/notice-store.ts';
import { stringifySearch } from '../../app/search-params.ts';
import { useShortcuts } from '../../app/shortcuts.ts';
import { useSearchParams } from '../../app/use-search-params.ts';
import { useTitle } from '../../app/use-title.ts';
import { useText } from '../../i18n/use-text.ts';
import { saveSetting } from '../../settings/settings-store.ts';
import { useSettings } from '../../settings/use-settings.ts';
import { assignServiceSlots } from '../../theme/service-colors.ts';
import { CopyButton } from '../../widgets/copy-button.tsx';
import { copyText } from '../../widgets/copy-text.ts';
import { Icon } from '../../widgets/icon.tsx';
import { Message } from '../../widgets/message.tsx';
import { RequestFailure } from '../../widgets/request-failure.tsx';
import { rememberResults } from '../trace/result-list.ts';
import { boxedSearch } from './analysis/boxed-search.ts';
import { type Box, formatBox, isInBox, readBox } from './box.ts';
import { EmptyResult } from './empty-result.tsx';
import { addFilter, type Filter } from './filter.ts';
import { FilterBox } from './filter-box.tsx';
import { ColumnField, Differences, FacetList, HeatmapView, LoadedDifferences, StartScreen } from './lazy-parts.ts';
import { LimitPicker } from './limit-picker.tsx';
import { Plot } from './plot.tsx';
import { RangePicker } from './range-picker.tsx';
import { resultStats } from './result-stats.ts';
import { ResultSummary } from './result-summary.tsx';
import { ResultTable } from './result-table.tsx';
import styles from './search-screen.module.css';
import { filterParams, rangeParams, readSearch } from './search-url.ts';
import { ServiceFacet } from './service-facet.tsx';
import { shareableAddress } from './shareable-address.ts';
import { Skeleton } from './skeleton.tsx';
import { readSort, type Sort, sortTraces } from './sort.ts';
import { resolveRange } from './time-range.ts';
import { useFirstRun } from './use-first-run.ts';
import { useHeldList } from './use-held-list.ts';
import { useLiveTraces } from './use-live-traces.ts';
import { useNow } from './use-now.ts';
import { usePlottedWindow } from './use-plotted-window.ts';
import { useSearchResults } from './use-search-results.ts';

/** More would leave no room for the name of the trace. */
const MOST_COLUMNS = 4;

/** Find a trace: filters, time range, plot and table. Everything chosen here is in the address. */
export function SearchScreen(): React.ReactNode {
  const text = useText('search');
  const app = useText('app');
  useTitle(text.title);
  const config = useConfig();
  const settings = useSettings();
  const navigate = useNavigate();
  const [params, patch] = useSearchParams();
  const searchKey = JSON.stringify(readSearch(params, config));
  // The same object while the address says the same, so that what depends on it stays.
  const search = useMemo((): ReturnType<typeof readSearch> => JSON.parse(searchKey), [searchKey]);
  const sort: Sort = readSort(params['sort']) ?? readSort(settings.sort) ?? 'newest';
  const chosen = useMemo(() => list(params['svc']), [params['svc']]);
  const marked = useMemo(() => list(params['mark']), [params['mark']]);
  const box = useMemo(() => readBox(params['box']), [params['box']]);
  const live = params['live'] === '1';
  const tagKeys = useMemo(() => list(params['cols']).slice(0, MOST_COLUMNS), [params['cols']]);
  const [choosing, setChoosing] = useState(false);

  const isHeat = params['view'] === 'heatmap' && config.capabilities.has('heatmap');
  const scope: Scope = SCOPES.find(name => name === params['of']) ?? (search.filters.length === 0 ? 'roots' : 'all');
  const heatBox = isHeat ? box : undefined;
  const isErrors = isHeat && params['diff'] === 'errors';
  const results = useSearchResults(
    useMemo(() => boxedSearch(search, heatBox, isErrors), [search, heatBox, isErrors]),
    config,
    tagKeys,
  );
  // The heatmap stays as it is while parts of it are looked at.
  const [runs, setRuns] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a window that ends now, at each run
  const heatWindow = useMemo(() => resolveRange(search.range, Date.now()), [search, runs]);
  const listElement = useRef<HTMLDivElement>(null);
  const held = useHeldList(listElement, live);
  const { traces, waiting, letIn } = useLiveTraces(results.traces, search, config, live, held);
  const stats = useMemo(() => resultStats(traces), [traces]);
  const slots = useMemo(() => assignServiceSlots(stats.services.map(({ name }) => name)), [stats]);
  const withServices = useMemo(
    () =>
      chosen.length === 0
        ? traces
        : traces.filter(trace => chosen.every(name => trace.services.some(({ serviceName }) => serviceName === name))),
    [traces, chosen],
  );
  const shown = useMemo(
    () =>
      sortTraces(box === undefined || isHeat ? withServices : withServices.filter(trace => isInBox(trace, box)), sort),
    [withServices, box, isHeat, sort],
  );

  const shownStats = useMemo(
    () => (shown.length === traces.length ? stats : resultStats(shown)),
    [shown, traces, stats],
  );
  // The trace screen goes from one result to the next.
  useEffect(
    () => rememberResults({ traceIds: shown.map(({ traceId }) => traceId), search: stringifySearch(params) }),
    [shown, params],
  );

  const setFilters = useCallback(
    (filters: readonly Filter[]) =>
      patch({ ...filterParams(filters), box: undefined, diff: undefined, svc: undefined }, { push: true }),
    [patch],
  );
  const onService = useCallback(
    (value: string) => setFilters(addFilter(search.filters, { field: 'serviceName', value })),
    [setFilters, search],
  );
  const onFilter = useCallback((filter: Filter) => setFilters(addFilter(search.filters, filter)), [setFilters, search]);
  const onBox = (next: Box | undefined): void => patch({ box: next && formatBox(next), diff: undefined });
  const mark = useCallback(
    (traceId: string) => {
      const others = marked.filter(id => id !== traceId);
      // Of three, the one marked first goes.
      patch({ mark: (others.length < marked.length ? others : [...others, traceId].slice(-2)).join(',') || undefined });
    },
    [marked, patch],
  );
  const compare = (): boolean => {
    if (marked.length !== 2) return false;
    void navigate({ to: '/compare/$pair', params: { pair: marked.join('...') } });
    return true;
  };
  const setSort = (next: Sort): void => {
    saveSetting('sort', next);
    patch({ sort: undefined });
  };
  const address = (): string =>
    shareableAddress(
      location.href,
      rangeParams(search.range),
      search.range.kind === 'last' ? results.window.endTs : undefined,
    );
  useShortcuts({
    l: () => patch({ live: live ? undefined : '1' }),
    y: () => void copyText(address()).then(done => done && showNotice(app.copied)),
    L: () => results.hasOlder && results.loadOlder(),
  });
  const now = useNow(results.window.endTs);
  const plotted = usePlottedWindow(traces, results);

  const isFirstRun = useFirstRun(search, results);

  if (!config.searchEnabled) return <Message level={1} title={text.disabledTitle} text={text.disabledText} />;
  if (isFirstRun) return <StartScreen />;
  return (
    <div className={styles.screen}>
      <h1 className="visually-hidden">{text.title}</h1>
      <form
        role="search"
        className={`${styles.query} no-print`}
        onSubmit={event => {
          event.preventDefault();
          results.run();
          setRuns(runs + 1);
        }}
      >
        <FilterBox filters={search.filters} onChange={setFilters} onSubmit={results.run} />
        <RangePicker
          range={search.range}
          window={results.window}
          onChange={range => patch({ ...rangeParams(range), box: undefined }, { push: true })}
        />
        <LimitPicker limit={search.limit} onChange={limit => patch({ limit: String(limit) }, { push: true })} />
        <button
          type="button"
          className="button"
          aria-pressed={live}
          title={text.liveTitle}
          onClick={() => patch({ live: live ? undefined : '1' })}
        >
          <Icon name={live ? 'pause' : 'play'} />
          {text.live}
        </button>
        <button type="submit" className={`button primary ${styles.run}`}>
          {text.run}
        </button>
        <CopyLink address={address} />
      </form>
      <div className={styles.columns}>
        <aside className={`${styles.side} no-print`} hidden={traces.length === 0 && !results.isLoading}>
          <ServiceFacet
            services={stats.services}
            chosen={chosen}
            slots={slots}
            onChange={names => patch({ svc: names.join(',') || undefined })}
          />
          {config.capabilities.has('heatmap') && traces.length > 0 && (
            <Suspense>
              <FacetList filters={search.filters} window={heatWindow} onFilter={onFilter} />
            </Suspense>
          )}
        </aside>
        <div className={styles.results} aria-busy={results.isLoading}>
          <ResultSummary
            stats={shownStats}
            all={stats.count}
            tookMs={results.tookMs}
            loading={results.isLoading}
            plot={settings.plot}
            onPlot={plot => saveSetting('plot', plot)}
            heatmap={config.capabilities.has('heatmap') ? isHeat : undefined}
            onHeatmap={heat => patch({ view: heat ? 'heatmap' : undefined, box: undefined, diff: undefined })}
            sort={sort}
            onSort={setSort}
            columns={choosing}
            onColumns={setChoosing}
            marked={marked.length}
            onCompare={compare}
            onUnmark={() => patch({ mark: undefined })}
          />
          {choosing && (
            <Suspense>
              <ColumnField chosen={tagKeys} onChange={keys => patch({ cols: keys.join(',') || undefined })} />
            </Suspense>
          )}
          {isHeat && (
            <Suspense fallback={<div className={styles.heatPlace} />}>
              <HeatmapView
                filters={search.filters}
                window={heatWindow}
                scope={scope}
                onScope={of => patch({ of, box: undefined })}
                box={box}
                onBox={onBox}
                onErrors={() => patch({ diff: 'errors', box: undefined })}
              />
              {(box !== undefined || isErrors) && config.capabilities.has('diff') && (
                <Differences
                  filters={search.filters}
                  window={heatWindow}
                  scope={scope}
                  box={box}
                  onFilter={onFilter}
                  onClose={() => onBox(undefined)}
                />
              )}
            </Suspense>
          )}
          {results.error !== null && traces.length === 0 ? (
            <RequestFailure error={results.error} onRetry={results.run} />
          ) : results.isLoading && traces.length === 0 ? (
            <Skeleton plot={settings.plot && !isHeat} rows={Math.min(search.limit, 20)} />
          ) : traces.length === 0 && heatBox !== undefined ? (
            <Message title={text.emptyTitle} text={text.hiddenByBox}>
              <button type="button" className="button primary" onClick={() => onBox(undefined)}>
                {text.clearBox}
              </button>
            </Message>
          ) : traces.length === 0 ? (
            <EmptyResult
              search={search}
              window={results.window}
              config={config}
              onFilters={setFilters}
              onRange={range => patch({ ...rangeParams(range), box: undefined }, { push: true })}
            />
          ) : (
            <>
              {settings.plot && !isHeat && <Plot traces={withServices} window={plotted} box={box} onBox={onBox} />}
              {box !== undefined && !isHeat && shown.length > 0 && shown.length < withServices.length && (
                <Suspense>
                  <LoadedDifferences
                    traces={withServices}
                    box={box}
                    onFilter={onFilter}
                    onClose={() => onBox(undefined)}
                  />
                </Suspense>
              )}
              <div ref={listElement}>
                <div role="status" className={styles.pillPlace}>
                  {waiting > 0 && (
                    <button type="button" className={styles.pill} onClick={letIn}>
                      {text.newTraces(waiting)}
                    </button>
                  )}
                </div>
                {shown.length === 0 ? (
                  <Message title={text.emptyTitle} text={box === undefined ? text.hiddenByServices : text.hiddenByBox}>
                    <button
                      type="button"
                      className="button primary"
                      onClick={() => patch({ box: undefined, svc: undefined })}
                    >
                      {box === undefined ? text.clearServices : text.clearBox}
                    </button>
                  </Message>
                ) : (
                  <ResultTable
                    traces={shown}
                    tagKeys={tagKeys}
                    longest={shownStats.longest}
                    slots={slots}
                    now={now}
                    sort={sort}
                    onSort={setSort}
                    marked={marked}
                    onMark={mark}
                    onCompare={compare}
                    onService={onService}
                  />
                )}
              </div>
              <div className={`${styles.older} no-print`}>
                {results.hasOlder ? (
                  <button
                    type="button"
                    className="button"
                    disabled={results.isLoadingOlder}
                    onClick={results.loadOlder}
                  >
                    {results.isLoadingOlder ? text.loadingOlder : text.loadOlder(search.limit)}
                  </button>
                ) : (
                  <span className="muted">{text.noOlder}</span>
                )}
                {results.error !== null && <span className="error-text">{results.error.message}</span>}
              </div>
            </>
          )}
        </div>
      </div>
    </div>
  );
}

function CopyLink({ address }: { readonly address: () => string }): React.ReactNode {
  const app = useText('app');
  return <CopyButton iconOnly text={address} label={app.copyLink} className={`button quiet ${styles.copyLink}`} />;
}

function list(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split(',').filter(Boolean);
}
