import { useNavigate } from '@tanstack/react-router';
import type { TraceSummary } from '@tracekin/model';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTimeFormat } from '../../format/use-time-format.ts';
import { useText } from '../../i18n/use-text.ts';
import { formatDuration } from '../../kernel/duration-text.ts';
import { useCanvasColors } from '../../theme/use-canvas-colors.ts';
import { prepareCanvas } from '../../widgets/prepare-canvas.ts';
import { useElementSize } from '../../widgets/use-element-size.ts';
import type { Box } from './box.ts';
import { drawPlot } from './draw-plot.ts';
import styles from './plot.module.css';
import { PlotNumbers } from './plot-numbers.tsx';
import { boxBetween, nearestTrace, plotScale } from './plot-scale.ts';
import type { TimeWindow } from './time-range.ts';
import { traceName } from './trace-name.ts';

export interface PlotProps {
  readonly traces: readonly TraceSummary[];
  readonly window: TimeWindow;
  readonly box: Box | undefined;
  readonly onBox: (box: Box | undefined) => void;
}

type Point = readonly [x: number, y: number];

/** Time × duration of the results. Dragging selects, a click opens the trace; the same by numbers for the keyboard. */
export function Plot({ traces, window, box, onBox }: PlotProps): React.ReactNode {
  const text = useText('search');
  const time = useTimeFormat();
  const colors = useCanvasColors();
  const navigate = useNavigate();
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = useElementSize(canvas);
  const [drag, setDrag] = useState<{ readonly from: Point; readonly to: Point }>();
  const [hovered, setHovered] = useState<TraceSummary>();
  const scale = useMemo(
    () => plotScale(traces, { start: window.startTs * 1000, end: window.endTs * 1000 }, { width, height }),
    [traces, window.startTs, window.endTs, width, height],
  );
  const dragged = drag === undefined || !isDrag(drag.from, drag.to) ? undefined : boxBetween(scale, drag.from, drag.to);

  useEffect(() => {
    if (canvas.current === null || width === 0) return;
    const context = prepareCanvas(canvas.current, width, height);
    if (context !== undefined) drawPlot(context, { traces, scale, box: dragged ?? box, hovered, time }, colors);
  }, [traces, scale, box, dragged, hovered, time, colors, width, height]);

  const point = (event: React.PointerEvent): Point => {
    const bounds = event.currentTarget.getBoundingClientRect();
    return [event.clientX - bounds.left, event.clientY - bounds.top];
  };
  const onPointerUp = (event: React.PointerEvent): void => {
    if (drag === undefined) return;
    setDrag(undefined);
    const to = point(event);
    if (isDrag(drag.from, to)) {
      onBox(boxBetween(scale, drag.from, to));
      return;
    }
    const trace = nearestTrace(traces, scale, to[0], to[1]);
    if (trace !== undefined) void navigate({ to: '/traces/$traceId', params: { traceId: trace.traceId } });
    else if (box !== undefined) onBox(undefined);
  };
  const stats = useMemo(() => extremes(traces), [traces]);

  return (
    <section className={styles.plot} aria-label={text.plotTitle}>
      <canvas
        ref={canvas}
        className={`chart-canvas ${styles.canvas}`}
        role="img"
        aria-label={text.plotSummary(traces.length, formatDuration(stats.shortest), formatDuration(stats.longest))}
        data-pointing={hovered !== undefined || undefined}
        onPointerDown={event => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag({ from: point(event), to: point(event) });
        }}
        onPointerMove={event => {
          const at = point(event);
          if (drag !== undefined) setDrag({ from: drag.from, to: at });
          else setHovered(nearestTrace(traces, scale, at[0], at[1]));
        }}
        onPointerUp={onPointerUp}
        onPointerCancel={() => setDrag(undefined)}
        onPointerLeave={() => setHovered(undefined)}
      />
      {hovered?.timestamp !== undefined && drag === undefined && (
        <Tip x={scale.x(hovered.timestamp)} y={scale.y(hovered.duration ?? 0)} width={width}>
          {traceName(hovered, text)}
          <br />
          {formatDuration(hovered.duration ?? 0)} · {time.clock(hovered.timestamp / 1000)} ·{' '}
          {text.spans(hovered.spanCount)}
          {hovered.errorCount > 0 && ` · ${text.errors(hovered.errorCount)}`}
        </Tip>
      )}
      <PlotNumbers box={box} onBox={onBox} window={window} />
    </section>
  );
}

function Tip({
  x,
  y,
  width,
  children,
}: {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly children: React.ReactNode;
}): React.ReactNode {
  const side = x > width / 2 ? { right: width - x + 10 } : { left: x + 10 };
  return (
    <div className="tip" style={{ top: Math.max(0, y - 14), ...side }}>
      {children}
    </div>
  );
}

function isDrag(a: Point, b: Point): boolean {
  return Math.abs(a[0] - b[0]) > 4 || Math.abs(a[1] - b[1]) > 4;
}

function extremes(traces: readonly TraceSummary[]): { readonly shortest: number; readonly longest: number } {
  let shortest = Number.POSITIVE_INFINITY;
  let longest = 0;
  for (const { duration = 0 } of traces) {
    shortest = Math.min(shortest, duration);
    longest = Math.max(longest, duration);
  }
  return { shortest: Number.isFinite(shortest) ? shortest : 0, longest };
}
