import { useLocation } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { isEmbedded } from '../../app/embed.ts';
import { cameByLink } from '../../app/last-navigation.ts';
import { useSearchParams } from '../../app/use-search-params.ts';
import { useText } from '../../i18n/use-text.ts';
import { RowText } from '../../kernel/row-text.ts';
import { assignColors } from '../../kernel/service-colors.ts';
import type { OpenedTrace } from '../../kernel/session.ts';
import { indexPath, type TimelineModel } from '../../render/timeline-model.ts';
import { type TimeWindow, ZoomModel } from '../../render/zoom.ts';
import type { TraceClient } from '../../worker/trace-client.ts';
import { ColorLegend } from './color-tools.tsx';
import { FindBar } from './find-bar.tsx';
import { Header } from './header.tsx';
import { hiddenServices, Legend } from './legend.tsx';
import { MinimapPane } from './minimap-pane.tsx';
import { ProblemsBanner } from './problems-banner.tsx';
import { recallResults } from './result-list.ts';
import { searchTerms } from './search-terms.ts';
import { entryOf, rowOf, spanParam } from './span-address.ts';
import { TimelinePane } from './timeline-pane.tsx';
import { TimelineTools } from './timeline-tools.tsx';
import styles from './trace.module.css';
import { readTraceState, type TraceState, type View, zoomPatch } from './trace-state.ts';
import { useFind, useFindText, useWorker } from './use-find.ts';
import { type RowColors, useRowColors } from './use-row-colors.ts';
import { useRows } from './use-rows.ts';
import { useTraceKeys } from './use-trace-keys.ts';
import { ViewTabs, viewId } from './view-tabs.tsx';

const loadDetail = () => import('./detail-panel.tsx').then(m => ({ default: m.DetailPanel }));
const DetailPanel = lazy(loadDetail);
const FlamePane = lazy(() => import('./flame-pane.tsx').then(m => ({ default: m.FlamePane })));
const TablePane = lazy(() => import('./table-pane.tsx').then(m => ({ default: m.TablePane })));
const StatsPane = lazy(() => import('./stats-pane.tsx').then(m => ({ default: m.StatsPane })));
const MapPane = lazy(() => import('./map-pane.tsx').then(m => ({ default: m.MapPane })));
const EventsPane = lazy(() => import('./events-pane.tsx').then(m => ({ default: m.EventsPane })));
const JsonPane = lazy(() => import('./json-pane.tsx').then(m => ({ default: m.JsonPane })));

export type TraceOrigin =
  | { readonly type: 'server'; readonly traceId: string; readonly url: string }
  | { readonly type: 'file'; readonly name: string; readonly several: boolean; readonly back: () => void };

export interface TracePageProps {
  readonly client: TraceClient;
  readonly opened: OpenedTrace;
  readonly origin: TraceOrigin;
  /** Builds the trace again from what the worker has, e.g. after an update. */
  readonly rebuild: () => void;
}

/** What every part of the page needs of the opened trace. */
export interface PageContext {
  readonly client: TraceClient;
  readonly opened: OpenedTrace;
  readonly text: RowText;
  /** Of services, by number. */
  readonly colors: ReturnType<typeof assignColors>;
  readonly rowColors: RowColors;
  readonly state: TraceState;
  readonly patch: ReturnType<typeof useSearchParams>[1];
  readonly zoom: ZoomModel;
  /** The chosen row or group, NaN for none. */
  readonly selected: number;
  readonly select: (entry: number) => void;
  /** What is in the find box; the address follows. */
  readonly findText: string;
  readonly typeFind: (text: string) => void;
  readonly open: boolean;
  readonly setOpen: (open: boolean) => void;
}

/** Writing the address at every frame of a drag would be slow, and browsers refuse it. */
const ADDRESS_DELAY = 250;

/** One opened trace in all its views. The address holds the state; the worker holds the data. */
export function TracePage({ client, opened, origin, rebuild }: TracePageProps): React.ReactNode {
  const text = useText('trace');
  const [search, patch] = useSearchParams();
  const { hash } = useLocation();
  const state = useMemo(() => readTraceState(search, hash), [search, hash]);
  const { trace, repeats } = opened;
  const rowText = useMemo(() => new RowText(trace), [trace]);
  const colors = useMemo(() => assignColors(rowText.services), [rowText]);
  const rowColors = useRowColors(client, opened, colors, state.color);
  const zoom = useZoom(opened, state.zoom, patch);
  const windowFilter = useWindowFilter(zoom, state.inWindow);
  const [findText, typeFind] = useFindText(state.find, patch);
  useSearchTerms(origin, findText, typeFind);
  const found = useFind(client, opened, findText);
  const hidden = useMemo(() => hiddenServices(rowText.services, state.services), [rowText, state.services]);
  const root = useMemo(() => rowOf(opened, state.root), [opened, state.root]);
  const rows = useRows(opened, {
    root,
    levels: state.levels,
    group: state.group,
    hiddenServices: hidden,
    matches: state.only ? found.mask : undefined,
    window: windowFilter,
  });
  const path = useWorker(state.criticalPath ? () => client.call('criticalPath', []) : undefined, [client, opened]);
  const pathIndex = useMemo(() => (path === undefined ? undefined : indexPath(trace, path)), [trace, path]);
  const [open, setOpen] = useState(false);
  const [selected, setSelected] = useState(() => entryOf(opened, state.span));

  const select = useCallback(
    (entry: number) => {
      setSelected(entry);
      patch({ span: spanParam(opened, rowText, entry) });
    },
    [opened, rowText, patch],
  );
  // A link to a span, the back button, another trace: the address decides what is chosen.
  useEffect(() => {
    const entry = entryOf(opened, state.span);
    setSelected(before => (spanParam(opened, rowText, before) === (state.span || undefined) ? before : entry));
  }, [opened, rowText, state.span]);
  const { reveal } = rows;
  const firstReveal = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the first span of a link is uncovered and opened
  useEffect(() => {
    if (!firstReveal.current || !(selected >= 0)) return;
    firstReveal.current = false;
    reveal(selected);
    setOpen(true);
  }, [selected]);

  // Not needed for the first rows, but the first click should not wait for it.
  useEffect(() => {
    // Left in the middle of it, the page has nobody left to tell that it failed.
    const timer = setTimeout(() => loadDetail().catch(() => undefined), 500);
    return () => clearTimeout(timer);
  }, []);

  const context: PageContext = {
    client,
    opened,
    text: rowText,
    colors,
    rowColors,
    state,
    patch,
    zoom,
    selected,
    select,
    findText,
    typeFind,
    open,
    setOpen,
  };
  const model = useMemo<TimelineModel>(
    () => ({
      trace,
      text: rowText,
      repeats,
      rows: rows.rows,
      colorKey: rowColors.key,
      clientColorKey: rowColors.clientKey,
      colors: rowColors.colors,
      collapsed: rows.collapsed,
      openGroups: rows.openGroups,
      matches: found.mask,
      path,
      pathIndex,
      baseDepth: root < 0 ? 0 : (trace.depth[root] as number),
    }),
    [trace, rowText, repeats, rows, rowColors, found.mask, path, pathIndex, root],
  );
  const go = (row: number): void => {
    rows.reveal(row);
    select(row);
  };
  const keys = useTraceKeys({ context, rows, found: found.rows, go, path });
  const embedded = isEmbedded(search);
  const hideParts = new Set((search['embedHide'] ?? '').split(','));
  const tools = state.view === 'timeline' || state.view === 'flame';

  return (
    <div className={styles.page} data-embedded={embedded || undefined}>
      {!(embedded && hideParts.has('header')) && <Header context={context} origin={origin} path={path} />}
      <ProblemsBanner context={context} origin={origin} go={go} rebuild={rebuild} />
      <div className={`${styles.bar} no-print`}>
        <ViewTabs
          view={state.view}
          onChange={view => patch({ view: view === 'timeline' ? undefined : view }, { push: true })}
        />
        <FindBar context={context} found={found} go={go} />
      </div>
      {tools && <Legend context={context} />}
      {state.view === 'timeline' && <ColorLegend context={context} />}
      {tools && !(embedded && hideParts.has('minimap')) && state.view === 'timeline' && (
        <MinimapPane context={context} matches={found.rows} />
      )}
      {state.view === 'timeline' && <TimelineTools context={context} rows={rows} root={root} />}
      <div className={styles.body}>
        <div className={styles.view} role="tabpanel" id={viewId(state.view)} aria-label={text.views[state.view]}>
          <Suspense fallback={<p className={styles.wait}>{text.loading}</p>}>
            <Pane view={state.view} context={context} model={model} rows={rows} onKey={keys} found={found} go={go} />
          </Suspense>
        </div>
        {open && !Number.isNaN(selected) && (
          <Suspense>
            <DetailPanel context={context} rows={rows} origin={origin} go={go} />
          </Suspense>
        )}
      </div>
    </div>
  );
}

/** Whoever comes from a search by tags looks for them here too. A link or a reload says itself what to find. */
function useSearchTerms(origin: TraceOrigin, findText: string, typeFind: (text: string) => void): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the page opens
  useEffect(() => {
    if (origin.type !== 'server' || findText !== '' || !cameByLink()) return;
    const terms = searchTerms(recallResults(), origin.traceId);
    if (terms !== '') typeFind(terms);
  }, []);
}

interface PaneProps {
  readonly view: View;
  readonly context: PageContext;
  readonly model: TimelineModel;
  readonly rows: ReturnType<typeof useRows>;
  readonly found: ReturnType<typeof useFind>;
  readonly onKey: (event: React.KeyboardEvent) => void;
  readonly go: (row: number) => void;
}

function Pane({ view, context, model, rows, found, onKey, go }: PaneProps): React.ReactNode {
  switch (view) {
    case 'timeline':
      return <TimelinePane context={context} model={model} rows={rows} onKey={onKey} />;
    case 'flame':
      return <FlamePane context={context} />;
    case 'table':
      return <TablePane context={context} matches={found.mask} />;
    case 'stats':
      return <StatsPane context={context} go={go} />;
    case 'map':
      return <MapPane context={context} />;
    case 'events':
      return <EventsPane context={context} />;
    case 'json':
      return <JsonPane context={context} />;
    default:
      return view satisfies never;
  }
}

/** The zoom of this trace, in step with the address but not at every frame. */
function useZoom(
  opened: OpenedTrace,
  fromAddress: TimeWindow | undefined,
  patch: ReturnType<typeof useSearchParams>[1],
): ZoomModel {
  const { traceDuration } = opened.trace;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address is only the start; the effect below follows it
  const zoom = useMemo(() => new ZoomModel(traceDuration, fromAddress), [traceDuration]);
  const written = useRef<string | undefined>(undefined);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = zoom.subscribe(window => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const change = zoomPatch(window, zoom.isWhole);
        written.current = change['zoom'] ?? '';
        patch(change);
      }, ADDRESS_DELAY);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [zoom, patch]);
  const key = fromAddress === undefined ? '' : `${fromAddress.from}-${fromAddress.to}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` is the address as a value
  useEffect(() => {
    if (written.current === key) return;
    written.current = key;
    if (fromAddress === undefined) zoom.reset();
    else zoom.set(fromAddress);
  }, [key, zoom]);
  return zoom;
}

/** The window as a filter of rows: follows the zoom when it comes to rest. */
function useWindowFilter(zoom: ZoomModel, on: boolean): TimeWindow | undefined {
  const [window, setWindow] = useState<TimeWindow | undefined>();
  useEffect(() => {
    if (!on) {
      setWindow(undefined);
      return;
    }
    const take = (): void => setWindow(zoom.isWhole ? undefined : zoom.window);
    take();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = zoom.subscribe(() => {
      clearTimeout(timer);
      timer = setTimeout(take, ADDRESS_DELAY);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [zoom, on]);
  return window;
}
