import { useEffect, useMemo, useRef, useState } from 'react';
import { formatNumber } from '../../format/number-format.ts';
import { useLocale, useText } from '../../i18n/use-text.ts';
import { isGroup } from '../../kernel/rows.ts';
import { MeasureView } from '../../render/measure-view.ts';
import { Ruler } from '../../render/ruler.ts';
import { Timeline } from '../../render/timeline.ts';
import type { TimelineModel } from '../../render/timeline-model.ts';
import { useCanvasColors } from '../../theme/use-canvas-colors.ts';
import styles from './trace.module.css';
import type { PageContext } from './trace-page.tsx';
import type { RowsState } from './use-rows.ts';

export const TIMELINE_ID = 'trace-timeline';
const LEAST_TREE = 140;

/** The waterfall: React draws the frame, `Timeline` everything that moves. */
export function TimelinePane({
  context,
  model,
  rows,
  onKey,
}: {
  readonly context: PageContext;
  readonly model: TimelineModel;
  readonly rows: RowsState;
  readonly onKey: (event: React.KeyboardEvent) => void;
}): React.ReactNode {
  const text = useText('trace');
  const locale = useLocale();
  const { zoom, selected, select, setOpen } = context;
  const frame = useRef<HTMLDivElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const axis = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const timeline = useRef<Timeline | undefined>(undefined);
  const measure = useRef<MeasureView | undefined>(undefined);
  const palette = useCanvasColors();
  const latest = useRef({ context, rows, model, palette });
  latest.current = { context, rows, model, palette };
  const [treeWidth, setTreeWidth] = useState<number | undefined>();

  useEffect(() => {
    // In tasks of their own: with the render of the page before them, they would block the page for too long.
    let parts: readonly { destroy(): void }[] = [];
    let timer = setTimeout(() => {
      parts = make();
      timer = setTimeout(start);
    });
    return () => {
      clearTimeout(timer);
      timeline.current = undefined;
      measure.current = undefined;
      for (const part of parts) part.destroy();
    };
    function make(): readonly { destroy(): void }[] {
      if (scroller.current === null || axis.current === null || grid.current === null) return [];
      // The head has no scroll bar; without its width the ticks would stand beside the bars.
      frame.current?.style.setProperty(
        '--scrollbar',
        `${scroller.current.offsetWidth - scroller.current.clientWidth}px`,
      );
      const { model, palette } = latest.current;
      const texts = { ...text.timeline, number: (count: number) => formatNumber(locale, count) };
      const made = new Timeline(scroller.current, axis.current, model, zoom, palette, texts, {
        select: entry => select(entry),
        open: () => setOpen(true),
        toggle: entry => latest.current.rows.toggle(entry),
        zoomTo: entry => {
          const { trace, repeats } = latest.current.model;
          if (isGroup(entry)) {
            const group = -1 - entry;
            zoom.fit(
              repeats.windowStart[group] as number,
              (repeats.windowEnd[group] as number) - (repeats.windowStart[group] as number),
            );
          } else zoom.fit(trace.start[entry] as number, trace.duration[entry] as number);
        },
      });
      const ruler = new Ruler(axis.current, grid.current, zoom);
      timeline.current = made;
      const measuring = new MeasureView(grid.current, zoom);
      measuring.set(pointsOf(latest.current.context));
      measure.current = measuring;
      return [ruler, made, measuring];
    }
    function start(): void {
      timeline.current?.start(latest.current.model);
      timeline.current?.select(latest.current.context.selected, true, true);
    }
  }, [zoom, text, locale, select, setOpen]);

  useEffect(() => timeline.current?.setModel(model), [model]);
  useEffect(() => timeline.current?.setColors(palette), [palette]);
  const points = context.state.measure;
  useEffect(() => measure.current?.set(pointsOf({ state: { measure: points } })), [points]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a row that becomes visible by new rows is scrolled to as well
  useEffect(() => timeline.current?.select(selected, true, true), [selected, model.rows]);
  useEffect(() => {
    if (treeWidth === undefined) return;
    frame.current?.style.setProperty('--tree-width', `${treeWidth}px`);
    timeline.current?.measure();
  }, [treeWidth]);

  const empty = useMemo(() => model.rows.length === 0, [model.rows]);
  return (
    <div ref={frame} className={styles.timeline}>
      <div className={styles.axisRow}>
        <div className={styles.axisTree}>{text.timeline.columnSpan}</div>
        <TreeSplitter frame={frame} width={treeWidth} onChange={setTreeWidth} />
        <div ref={axis} className={styles.axis} />
      </div>
      <div className={styles.rowsFrame}>
        <div className={styles.gridFrame} aria-hidden="true">
          <div ref={grid} className={styles.grid} />
        </div>
        <div
          ref={scroller}
          id={TIMELINE_ID}
          className={styles.scroller}
          role="treegrid"
          tabIndex={0}
          aria-label={text.timeline.label}
          aria-readonly="true"
          onKeyDown={onKey}
        />
        {empty && (
          <div className={styles.nothing}>
            <p>{text.timeline.empty}</p>
            <button
              type="button"
              className="button"
              onClick={() => context.patch({ only: undefined, svc: undefined, window: undefined, depth: undefined })}
            >
              {text.timeline.showAll}
            </button>
          </div>
        )}
      </div>
    </div>
  );
}

function pointsOf({
  state,
}: {
  readonly state: Pick<PageContext['state'], 'measure'>;
}): readonly [from: number, to: number | undefined] | undefined {
  return state.measure === undefined ? undefined : [state.measure.from, state.measure.to];
}

/** Between names and bars: drag, or arrow keys. */
function TreeSplitter({
  frame,
  width,
  onChange,
}: {
  readonly frame: React.RefObject<HTMLDivElement | null>;
  readonly width: number | undefined;
  readonly onChange: (width: number) => void;
}): React.ReactNode {
  const text = useText('trace');
  const resize = (to: number): void => {
    const room = frame.current?.clientWidth ?? 1000;
    onChange(Math.round(Math.max(LEAST_TREE, Math.min(room - 200, to))));
  };
  const now = (): number =>
    width ?? frame.current?.querySelector<HTMLElement>(`.${styles.axisTree}`)?.offsetWidth ?? 320;
  return (
    // A splitter that can be moved is a separator with a value, not an <hr>.
    <div
      className={styles.splitter}
      role="separator"
      aria-orientation="vertical"
      aria-label={text.timeline.resize}
      aria-valuenow={width ?? 320}
      aria-valuemin={LEAST_TREE}
      tabIndex={0}
      onKeyDown={event => {
        const step = event.key === 'ArrowLeft' ? -16 : event.key === 'ArrowRight' ? 16 : 0;
        if (step === 0) return;
        event.preventDefault();
        resize(now() + step);
      }}
      onPointerDown={event => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={event => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        resize(event.clientX - (frame.current?.getBoundingClientRect().left ?? 0));
      }}
    />
  );
}
