import { useEffect, useMemo, useRef, useState } from 'react';
import { useSearchParams } from '../../app/use-search-params.ts';
import { useText } from '../../i18n/use-text.ts';
import { formatDuration } from '../../kernel/duration-text.ts';
import type { Flame } from '../../kernel/flame.ts';
import { FlameView } from '../../render/flame-view.ts';
import { Ruler } from '../../render/ruler.ts';
import { ZoomModel } from '../../render/zoom.ts';
import { useCanvasColors } from '../../theme/use-canvas-colors.ts';
import styles from './panes.module.css';
import type { PageContext } from './trace-page.tsx';
import { useWorker } from './use-find.ts';

const MODES = ['time', 'heavy', 'sandwich'] as const;
type Mode = (typeof MODES)[number];

/** All spans as boxes: in time order, the same work summed up, or one operation with its callers and calls. */
export function FlamePane({ context }: { readonly context: PageContext }): React.ReactNode {
  const text = useText('trace');
  const [search, patch] = useSearchParams();
  const { client, opened, selected, text: names, zoom } = context;
  const mode: Mode = MODES.includes(search['flame'] as Mode) ? (search['flame'] as Mode) : 'time';
  const chosen = selected >= 0 ? selected : 0;
  const service = opened.trace.service[chosen] ?? -1;
  const name = opened.trace.name[chosen] ?? -1;
  const flame = useWorker(mode === 'sandwich' ? undefined : () => client.call('flame', [mode]), [client, opened, mode]);
  const both = useWorker(mode === 'sandwich' ? () => client.call('sandwich', [service, name]) : undefined, [
    client,
    opened,
    mode,
    service,
    name,
  ]);
  const operation = `${names.services[service] ?? text.timeline.unknownService} ${names.name(chosen) || text.timeline.unnamed}`;
  return (
    <div className={styles.pane}>
      <div className={`${styles.paneTools} no-print`} role="toolbar" aria-label={text.flame.label}>
        {MODES.map(one => (
          <button
            key={one}
            type="button"
            className="button quiet"
            aria-pressed={one === mode}
            onClick={() => patch({ flame: one === 'time' ? undefined : one })}
          >
            {text.flame[one]}
          </button>
        ))}
        {mode === 'sandwich' && <strong>{operation}</strong>}
        <span className="muted">
          {flame !== undefined && text.flame.summary(flame.count, flame.lines)} {text.flame.hint}
        </span>
      </div>
      {flame !== undefined && (
        <FlameBox
          key={mode}
          context={context}
          flame={flame}
          zoom={mode === 'time' ? zoom : undefined}
          label={text.flame[mode]}
        />
      )}
      {both !== undefined && (
        <>
          <h2 className={styles.half}>{text.flame.callers}</h2>
          <FlameBox key={`above ${service} ${name}`} context={context} flame={both.above} label={text.flame.callers} />
          <h2 className={styles.half}>{text.flame.callees}</h2>
          <FlameBox key={`below ${service} ${name}`} context={context} flame={both.below} label={text.flame.callees} />
        </>
      )}
    </div>
  );
}

/** @param zoom the trace's own window in time order; an aggregated picture has one for itself */
function FlameBox({
  context,
  flame,
  zoom,
  label,
}: {
  readonly context: PageContext;
  readonly flame: Flame;
  readonly zoom?: ZoomModel | undefined;
  readonly label: string;
}): React.ReactNode {
  const text = useText('trace');
  const palette = useCanvasColors();
  const { text: names, colors, selected, select, setOpen } = context;
  const own = useMemo(() => zoom ?? new ZoomModel(flame.total), [zoom, flame]);
  const host = useRef<HTMLDivElement>(null);
  const axis = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const tip = useRef<HTMLDivElement>(null);
  const view = useRef<FlameView | undefined>(undefined);
  const [focused, setFocused] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: colours and selection are handed to the view by the effects below
  useEffect(() => {
    if (host.current === null || axis.current === null || grid.current === null) return;
    const label = (box: number): string => {
      const of = `${names.services[flame.service[box] as number] ?? text.timeline.unknownService} ${nameOf(box)}`;
      const rows = flame.rows[box] as number;
      return rows > 1 ? `${of} ×${rows}` : of;
    };
    const nameOf = (box: number): string => names.name(flame.row[box] as number) || text.timeline.unnamed;
    const made = new FlameView(host.current, flame, colors, palette, { box: label }, own, {
      hover: (box, x, y) => {
        const element = tip.current;
        if (element === null) return;
        element.hidden = box < 0;
        if (box < 0) return;
        element.textContent = `${label(box)}\n${formatDuration(flame.width[box] as number)}`;
        const right = x + 12 + element.offsetWidth < window.innerWidth;
        element.style.transform = `translate(${right ? x + 12 : x - 12 - element.offsetWidth}px, ${y + 14}px)`;
      },
      select: box => {
        select(flame.row[box] as number);
        setOpen(true);
      },
      zoomTo: box => own.fit(flame.left[box] as number, flame.width[box] as number),
    });
    const ruler = new Ruler(axis.current, grid.current, own);
    view.current = made;
    return () => {
      made.destroy();
      ruler.destroy();
    };
  }, [flame, own, names, colors, text]);
  useEffect(() => view.current?.setColors(palette), [palette]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new picture needs to be told as well
  useEffect(() => view.current?.select(selected >= 0 ? selected : -1), [selected, flame]);

  const onKeyDown = (event: React.KeyboardEvent): void => {
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => view.current?.scrollBy(40),
      ArrowUp: () => view.current?.scrollBy(-40),
      ArrowLeft: () => own.panBy(-0.1),
      ArrowRight: () => own.panBy(0.1),
      '+': () => own.zoomBy(0.5),
      '-': () => own.zoomBy(2),
      '0': () => own.reset(),
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    move();
    setFocused(focused + 1);
  };
  return (
    <div className={styles.flame}>
      <div ref={axis} className={styles.flameAxis} />
      <div className={styles.flameFrame}>
        <div ref={grid} className={styles.flameGrid} aria-hidden="true" />
        <div
          ref={host}
          className={styles.flameHost}
          role="img"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the picture is moved with the keyboard
          tabIndex={0}
          aria-label={`${label}. ${text.flame.hint}`}
          onKeyDown={onKeyDown}
        />
      </div>
      <div ref={tip} className={styles.tip} hidden />
    </div>
  );
}
