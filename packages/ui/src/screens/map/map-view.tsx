import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { UiConfig } from '../../api/config.ts';
import { useNumberFormat } from '../../format/use-number-format.ts';
import { useText } from '../../i18n/use-text.ts';
import { formatDuration } from '../../kernel/duration-text.ts';
import { assignServiceSlots, serviceColor } from '../../theme/service-colors.ts';
import { useElementSize } from '../../widgets/use-element-size.ts';
import { directPath, loopPath, smoothPath } from './edge-path.ts';
import { savePng, saveSvg } from './export-picture.ts';
import { edgeHealth, errorRate, type ServiceGraph } from './graph.ts';
import { layoutGraph, NODE_HEIGHT, nodeWidth, type Point, shortName } from './layout.ts';
import styles from './map-view.module.css';
import { ZoomButtons } from './zoom-buttons.tsx';

export interface MapViewProps {
  readonly graph: ServiceGraph;
  readonly rates: UiConfig['dependency'];
  readonly selected: string | undefined;
  readonly found: string;
  readonly onSelect: (service: string | undefined) => void;
  readonly searchBetween: (parent: string, child: string) => Record<string, string>;
}

interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

const SMALLEST_ON_TELEPHONE = 0.5;

/** The graph as boxes and arrows; drag to pan, drag a box to move it, wheel or keys to zoom. */
export function MapView({ graph, rates, selected, found, onSelect, searchBetween }: MapViewProps): React.ReactNode {
  const text = useText('map');
  const number = useNumberFormat();
  const navigate = useNavigate();
  const svg = useRef<SVGSVGElement>(null);
  const size = useElementSize(svg);
  const shape = useMemo(
    () => JSON.stringify([graph.services, graph.edges.map(({ parent, child }) => [parent, child])]),
    [graph],
  );
  const { data: layout } = useQuery({
    queryKey: ['layout', shape],
    queryFn: ({ signal }) => layoutGraph(graph, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [moved, setMoved] = useState<ReadonlyMap<string, Point>>(new Map());
  const [view, setView] = useState<View>();
  const slots = useMemo(() => assignServiceSlots(graph.services), [graph]);
  const drag = useRef<{
    readonly name: string | undefined;
    readonly from: Point;
    readonly start: Point;
    moved: boolean;
  }>(undefined);
  const neighbours = useMemo(() => {
    if (selected === undefined) return undefined;
    return new Set([
      selected,
      ...graph.uses(selected).map(({ child }) => child),
      ...graph.usedBy(selected).map(({ parent }) => parent),
    ]);
  }, [graph, selected]);

  const fitted: View = useMemo(() => {
    if (layout === undefined || size.width === 0) return { x: 0, y: 0, zoom: 1 };
    const whole = Math.min(1.25, size.width / layout.width, size.height / layout.height);
    // On a telephone the whole map would be unreadable: show its callers, the rest is a swipe away.
    const zoom = size.width < 600 ? Math.max(whole, SMALLEST_ON_TELEPHONE) : whole;
    const left = layout.width * zoom > size.width ? 0 : (size.width - layout.width * zoom) / 2;
    return { x: left, y: (size.height - layout.height * zoom) / 2, zoom };
  }, [layout, size]);
  const { x, y, zoom } = view ?? fitted;
  const zoomAt = (factor: number, at: Point = { x: size.width / 2, y: size.height / 2 }): void => {
    const next = Math.max(0.1, Math.min(4, zoom * factor));
    setView({ zoom: next, x: at.x - ((at.x - x) * next) / zoom, y: at.y - ((at.y - y) * next) / zoom });
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: another graph starts unmoved and fitted
  useEffect(() => {
    setMoved(new Map());
    setView(undefined);
  }, [shape]);

  // React listens passively to wheel events; zooming must keep the page from scrolling.
  const onWheel = useRef<(event: WheelEvent) => void>(undefined);
  onWheel.current = event => {
    event.preventDefault();
    const bounds = svg.current!.getBoundingClientRect();
    zoomAt(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0015)), {
      x: event.clientX - bounds.left,
      y: event.clientY - bounds.top,
    });
  };
  useEffect(() => {
    const element = svg.current;
    const listener = (event: WheelEvent): void => onWheel.current?.(event);
    element?.addEventListener('wheel', listener, { passive: false });
    return () => element?.removeEventListener('wheel', listener);
  }, []);

  const place = (name: string): Point => moved.get(name) ?? layout!.places.get(name)!;
  const startDrag = (event: React.PointerEvent, name?: string): void => {
    if (event.button !== 0) return;
    if (name !== undefined) event.stopPropagation();
    const start = name === undefined ? { x, y } : place(name);
    drag.current = { name, from: { x: event.clientX, y: event.clientY }, start, moved: false };
  };
  const onPointerMove = (event: React.PointerEvent): void => {
    const current = drag.current;
    if (current === undefined) return;
    const [dx, dy] = [event.clientX - current.from.x, event.clientY - current.from.y];
    if (!current.moved && Math.hypot(dx, dy) < 4) return;
    if (!current.moved) svg.current?.setPointerCapture(event.pointerId);
    current.moved = true;
    if (current.name === undefined) setView({ zoom, x: current.start.x + dx, y: current.start.y + dy });
    else setMoved(new Map(moved).set(current.name, { x: current.start.x + dx / zoom, y: current.start.y + dy / zoom }));
  };
  const endDrag = (): void => {
    const current = drag.current;
    drag.current = undefined;
    if (current !== undefined && !current.moved) onSelect(current.name);
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const step = event.shiftKey ? 200 : 50;
    const pan: Record<string, Point> = {
      ArrowLeft: { x: step, y: 0 },
      ArrowRight: { x: -step, y: 0 },
      ArrowUp: { x: 0, y: step },
      ArrowDown: { x: 0, y: -step },
    };
    if (pan[event.key] !== undefined) setView({ zoom, x: x + pan[event.key]!.x, y: y + pan[event.key]!.y });
    else if (event.key === '+' || event.key === '=') zoomAt(1.25);
    else if (event.key === '-') zoomAt(0.8);
    else if (event.key === '0') setView(undefined);
    else if (event.key === 'Escape') onSelect(undefined);
    else return;
    event.preventDefault();
  };

  return (
    <div className={styles.frame}>
      <svg
        ref={svg}
        className={styles.svg}
        role="group"
        aria-label={text.mapLabel}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the map
        tabIndex={0}
        onPointerDown={event => startDrag(event)}
        onPointerMove={onPointerMove}
        onPointerUp={endDrag}
        onPointerCancel={() => {
          drag.current = undefined;
        }}
        onKeyDown={onKeyDown}
      >
        <defs>
          {(['ok', 'low', 'high'] as const).map(health => (
            <marker
              key={health}
              id={`arrow-${health}`}
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="8"
              markerHeight="8"
              markerUnits="userSpaceOnUse"
              orient="auto"
            >
              <path d="M0 0 8 4 0 8z" className={styles[health]} />
            </marker>
          ))}
        </defs>
        {layout !== undefined && (
          <g transform={`translate(${x} ${y}) scale(${zoom})`}>
            {graph.edges.map((edge, index) => {
              const { parent, child, calls } = edge;
              const health = edgeHealth(edge, rates);
              const isMoved = moved.has(parent) || moved.has(child);
              const path =
                parent === child
                  ? loopPath(parent, place(parent))
                  : isMoved
                    ? directPath(parent, place(parent), child, place(child))
                    : smoothPath(layout.paths[index]!);
              const touches = parent === selected || child === selected;
              const label = `${text.edgeLabel(parent, child, number(calls), number(errorRate(edge), 'percent'))}${edge.p95 === undefined ? '' : `, p95 ${formatDuration(edge.p95)}`}`;
              return (
                <g
                  key={`${parent}\n${child}`}
                  className={styles.edge}
                  data-health={health}
                  data-dim={(selected !== undefined && !touches) || undefined}
                  // The side panel and the table carry the same links for keyboards.
                  aria-hidden="true"
                  onPointerDown={event => event.stopPropagation()}
                  onClick={() => void navigate({ to: '/', search: searchBetween(parent, child) })}
                >
                  <title>{label}</title>
                  <path d={path} className={styles.hit} />
                  <path
                    d={path}
                    className={styles.line}
                    strokeWidth={1 + Math.log10(calls + 1) * 0.9}
                    markerEnd={`url(#arrow-${health})`}
                  />
                  {(health !== 'ok' || touches) && (
                    <EdgeLabel
                      points={isMoved || parent === child ? [place(parent), place(child)] : layout.paths[index]!}
                      text={`${health === 'ok' ? number(calls) : number(errorRate(edge), 'percent')}${touches && edge.p95 !== undefined ? ` · p95 ${formatDuration(edge.p95)}` : ''}`}
                    />
                  )}
                </g>
              );
            })}
            {graph.services.map(name => {
              const at = place(name);
              const width = nodeWidth(name);
              return (
                <g
                  key={name}
                  role="button"
                  tabIndex={0}
                  className={styles.node}
                  aria-label={text.nodeLabel(name, graph.uses(name).length, graph.usedBy(name).length)}
                  aria-pressed={name === selected}
                  data-dim={(neighbours !== undefined && !neighbours.has(name)) || undefined}
                  data-found={(found !== '' && name.includes(found)) || undefined}
                  transform={`translate(${at.x - width / 2} ${at.y - NODE_HEIGHT / 2})`}
                  onPointerDown={event => startDrag(event, name)}
                  onKeyDown={event => {
                    if (event.key !== 'Enter' && event.key !== ' ') return;
                    event.preventDefault();
                    event.stopPropagation();
                    onSelect(name);
                  }}
                >
                  <title>{name}</title>
                  <rect width={width} height={NODE_HEIGHT} rx="5" className={styles.box} />
                  <rect x="8" y="9" width="10" height="10" rx="2" style={{ fill: serviceColor(slots.get(name)) }} />
                  <text x="24" y="18">
                    {shortName(name)}
                  </text>
                </g>
              );
            })}
          </g>
        )}
      </svg>
      <div className={`${styles.export} no-print`}>
        <button
          type="button"
          className="button"
          aria-label={text.exportPicture('SVG')}
          title={text.exportPicture('SVG')}
          onClick={() => svg.current && saveSvg(svg.current)}
        >
          SVG
        </button>
        <button
          type="button"
          className="button"
          aria-label={text.exportPicture('PNG')}
          title={text.exportPicture('PNG')}
          onClick={() => svg.current && void savePng(svg.current)}
        >
          PNG
        </button>
      </div>
      <ZoomButtons onIn={() => zoomAt(1.25)} onOut={() => zoomAt(0.8)} onFit={() => setView(undefined)} />
      <div role="status" className={styles.drawing}>
        {layout === undefined ? text.drawing : ''}
      </div>
    </div>
  );
}

function EdgeLabel({ points, text }: { readonly points: readonly Point[]; readonly text: string }): React.ReactNode {
  const middle = (points.length - 1) / 2;
  const [a, b] = [points[Math.floor(middle)], points[Math.ceil(middle)]];
  if (a === undefined || b === undefined) return null;
  return (
    <text className={styles.label} x={(a.x + b.x) / 2} y={(a.y + b.y) / 2 - 4} textAnchor="middle">
      {text}
    </text>
  );
}
