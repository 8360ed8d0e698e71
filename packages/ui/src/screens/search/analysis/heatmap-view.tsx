import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { NO_DURATION_STEP, quantileOfSteps, stepStart } from '@tracekin/model';
import { useEffect, useMemo, useRef, useState } from 'react';
import { type Heatmap, heatmapQuery, SCOPES, type Scope } from '../../../api/analysis.ts';
import { useNumberFormat } from '../../../format/use-number-format.ts';
import { useTimeFormat } from '../../../format/use-time-format.ts';
import { useText } from '../../../i18n/use-text.ts';
import { formatDuration } from '../../../kernel/duration-text.ts';
import { useCanvasColors } from '../../../theme/use-canvas-colors.ts';
import { prepareCanvas } from '../../../widgets/prepare-canvas.ts';
import { RequestFailure } from '../../../widgets/request-failure.tsx';
import { useElementSize } from '../../../widgets/use-element-size.ts';
import { apiParameters } from '../api-parameters.ts';
import type { Box } from '../box.ts';
import type { Filter } from '../filter.ts';
import { PlotNumbers } from '../plot-numbers.tsx';
import { boxBetween, type PlotScale, plotScale } from '../plot-scale.ts';
import type { TimeWindow } from '../time-range.ts';
import styles from './analysis.module.css';
import { cellPlace, drawHeatmap } from './draw-heatmap.ts';
import { type HeatCell, heatCells, stepsByBucket, stepsPerRow } from './heat-cells.ts';

export interface HeatmapViewProps {
  readonly filters: readonly Filter[];
  readonly window: TimeWindow;
  readonly scope: Scope;
  readonly onScope: (scope: Scope) => void;
  readonly box: Box | undefined;
  readonly onBox: (box: Box | undefined) => void;
  /** Compare the errors with the rest. */
  readonly onErrors: () => void;
}

const BUCKETS = 120;
type Point = readonly [x: number, y: number];

/** All spans of the search over time and duration, counted by the server. Dragging selects; the same by numbers and as a table. */
export function HeatmapView(props: HeatmapViewProps): React.ReactNode {
  const { filters, window, scope, box } = props;
  const text = useText('analysis');
  const number = useNumberFormat();
  const query = useQuery({
    ...heatmapQuery({ ...apiParameters(filters, window, 1), limit: undefined, scope, buckets: BUCKETS }),
    placeholderData: keepPreviousData,
  });
  const heatmap = query.data;
  const untimed = heatmap?.cells.reduce((sum, [, step, spans]) => (step === NO_DURATION_STEP ? sum + spans : sum), 0);
  return (
    <section className={styles.heat} aria-label={text.heatTitle} aria-busy={query.isFetching}>
      <div className={`${styles.tools} no-print`}>
        <label>
          <span className="field-label">{text.scope}</span>
          <select value={scope} onChange={event => props.onScope(event.target.value as Scope)}>
            {SCOPES.map(option => (
              <option key={option} value={option}>
                {text.scopes[option]}
              </option>
            ))}
          </select>
        </label>
        <span role="status">
          {query.isFetching || heatmap === undefined
            ? text.loading
            : text.figures(number(heatmap.spans), number(heatmap.errors))}{' '}
          {heatmap !== undefined && (
            <span className="muted">
              · {untimed === undefined || untimed === 0 ? text.exact : text.untimed(number(untimed))}
            </span>
          )}
        </span>
        {heatmap !== undefined && heatmap.errors > 0 && heatmap.errors < heatmap.spans && (
          <button type="button" className="button" onClick={props.onErrors}>
            {text.whatErrors}
          </button>
        )}
      </div>
      {query.error !== null && <RequestFailure error={query.error} onRetry={() => void query.refetch()} />}
      {heatmap !== undefined && heatmap.spans === 0 && <p className={`muted ${styles.tools}`}>{text.nothing}</p>}
      <Picture {...props} heatmap={heatmap} waiting={query.isFetching} />
      <PlotNumbers box={box} onBox={props.onBox} window={window} />
      {heatmap !== undefined && heatmap.spans > 0 && <Twin heatmap={heatmap} />}
    </section>
  );
}

function Picture({
  heatmap,
  waiting,
  window,
  box,
  onBox,
}: HeatmapViewProps & { readonly heatmap: Heatmap | undefined; readonly waiting: boolean }): React.ReactNode {
  const text = useText('analysis');
  const number = useNumberFormat();
  const time = useTimeFormat();
  const colors = useCanvasColors();
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = useElementSize(canvas);
  const [drag, setDrag] = useState<{ readonly from: Point; readonly to: Point }>();
  const [hovered, setHovered] = useState<HeatCell>();
  const { startTs, endTs } = heatmap ?? window;
  const scale = useMemo(
    () => heatScale(heatmap, { start: startTs * 1000, end: endTs * 1000 }, { width, height }),
    [heatmap, startTs, endTs, width, height],
  );
  const cells = useMemo(() => heatCells(heatmap?.cells ?? [], stepsPerRow(scale)), [heatmap, scale]);
  const dragged = drag === undefined || !isDrag(drag.from, drag.to) ? undefined : boxBetween(scale, drag.from, drag.to);
  useEffect(() => {
    if (canvas.current === null || width === 0 || heatmap === undefined) return;
    const context = prepareCanvas(canvas.current, width, height);
    if (context === undefined) return;
    drawHeatmap(context, { heatmap, cells, scale, box: dragged ?? box, hovered, time }, colors);
  }, [heatmap, cells, scale, box, dragged, hovered, time, colors, width, height]);

  const point = (event: React.PointerEvent): Point => {
    const bounds = event.currentTarget.getBoundingClientRect();
    return [event.clientX - bounds.left, event.clientY - bounds.top];
  };
  const cellAt = ([x, y]: Point): HeatCell | undefined =>
    heatmap &&
    cells.find(cell => {
      const place = cellPlace(heatmap, scale, cell);
      return x >= place.x && x < place.x + place.width && y >= place.y && y < place.y + place.height;
    });
  const cellBox = (cell: HeatCell): Box | undefined =>
    heatmap && {
      fromTime: (heatmap.startTs + cell.bucket * heatmap.bucketMs) * 1000,
      toTime: (heatmap.startTs + (cell.bucket + 1) * heatmap.bucketMs) * 1000 - 1,
      fromDuration: Math.ceil(stepStart(cell.step)),
      toDuration: Math.ceil(stepStart(cell.endStep)) - 1,
    };
  const place = hovered && heatmap && cellPlace(heatmap, scale, hovered);
  return (
    <div style={{ position: 'relative' }}>
      <canvas
        ref={canvas}
        className={`chart-canvas ${styles.canvas}`}
        role="img"
        aria-label={text.heatSummary(number(heatmap?.spans ?? 0), number(heatmap?.errors ?? 0))}
        data-waiting={waiting || undefined}
        onPointerDown={event => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag({ from: point(event), to: point(event) });
        }}
        onPointerMove={event => {
          const at = point(event);
          if (drag !== undefined) setDrag({ from: drag.from, to: at });
          else setHovered(cellAt(at));
        }}
        onPointerUp={event => {
          if (drag === undefined) return;
          setDrag(undefined);
          const to = point(event);
          const cell = cellAt(to);
          // A click selects the cell, or clears the selection where nothing is.
          if (isDrag(drag.from, to)) onBox(boxBetween(scale, drag.from, to));
          else if (cell !== undefined) onBox(cellBox(cell));
          else if (box !== undefined) onBox(undefined);
        }}
        onPointerCancel={() => setDrag(undefined)}
        onPointerLeave={() => setHovered(undefined)}
      />
      {hovered !== undefined && place !== undefined && heatmap !== undefined && drag === undefined && (
        <div
          className="tip"
          style={{
            top: Math.max(0, place.y - 14),
            ...(place.x > width / 2 ? { right: width - place.x + 10 } : { left: place.x + place.width + 10 }),
          }}
        >
          {text.cell(number(hovered.spans), number(hovered.errors))}
          <br />
          {formatDuration(stepStart(hovered.step))} – {formatDuration(stepStart(hovered.endStep))} ·{' '}
          {time.clock(heatmap.startTs + hovered.bucket * heatmap.bucketMs)}
        </div>
      )}
    </div>
  );
}

/** The same as numbers, a row for each of at most 30 stretches of time. */
function Twin({ heatmap }: { readonly heatmap: Heatmap }): React.ReactNode {
  const text = useText('analysis');
  const number = useNumberFormat();
  const time = useTimeFormat();
  const [open, setOpen] = useState(false);
  const rows = useMemo(() => {
    const per = Math.ceil(heatmap.buckets / 30);
    const merged = {
      buckets: Math.ceil(heatmap.buckets / per),
      cells: heatmap.cells.map(
        ([bucket, step, spans, errors]) => [Math.floor(bucket / per), step, spans, errors] as const,
      ),
    };
    return stepsByBucket(merged).map((row, index) => ({
      ...row,
      at: heatmap.startTs + index * per * heatmap.bucketMs,
    }));
  }, [heatmap]);
  const duration = (value: number | undefined): string => (value === undefined ? '–' : formatDuration(value));
  return (
    <details className={`table-twin ${styles.twin}`} onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>{text.asTable}</summary>
      {open && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
        <section className={styles.scroll} tabIndex={0} aria-label={text.tableTitle}>
          <table className={styles.table}>
            <thead>
              <tr>
                {[text.time, text.spans, text.errors, 'p50', 'p95', 'p99'].map(head => (
                  <th key={head} scope="col">
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows
                .filter(({ spans }) => spans > 0)
                .map(({ at, spans, errors, steps }) => (
                  <tr key={at}>
                    <td>{time.dateTime(at).replace(/[.,]\d{3}$/, '')}</td>
                    <td>{number(spans)}</td>
                    <td className={errors > 0 ? 'error-text' : undefined}>{number(errors)}</td>
                    {[0.5, 0.95, 0.99].map(part => (
                      <td key={part}>{duration(quantileOfSteps(steps, part))}</td>
                    ))}
                  </tr>
                ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  );
}

function heatScale(
  heatmap: Heatmap | undefined,
  window: { readonly start: number; readonly end: number },
  size: { readonly width: number; readonly height: number },
): PlotScale {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const [, step] of heatmap?.cells ?? []) {
    if (step === NO_DURATION_STEP) continue;
    low = Math.min(low, step);
    high = Math.max(high, step + 1);
  }
  const ends = Number.isFinite(low) ? [{ duration: stepStart(low) }, { duration: stepStart(high) }] : [];
  return plotScale(ends, window, size);
}

function isDrag(a: Point, b: Point): boolean {
  return Math.abs(a[0] - b[0]) > 4 || Math.abs(a[1] - b[1]) > 4;
}
