import { useEffect, useMemo, useRef, useState } from 'react';
import { useTimeFormat } from '../../format/use-time-format.ts';
import { useText } from '../../i18n/use-text.ts';
import { useCanvasColors } from '../../theme/use-canvas-colors.ts';
import { prepareCanvas } from '../../widgets/prepare-canvas.ts';
import { useElementSize } from '../../widgets/use-element-size.ts';
import { type ChartLine, chartScale, drawChart } from './draw-chart.ts';
import styles from './services.module.css';

export interface TimeChartProps {
  readonly name: string;
  readonly lines: readonly ChartLine[];
  readonly kind: 'linear' | 'log';
  readonly buckets: number;
  readonly startTs: number;
  readonly bucketMs: number;
  readonly format: (value: number) => string;
  readonly withTimes?: boolean;
  /** Bucket under the pointer, of this or another chart. */
  readonly cursor: number | undefined;
  readonly onCursor: (bucket: number | undefined) => void;
  /** First and last bucket of a drag. */
  readonly onSelect: (from: number, to: number) => void;
}

/** Lines over time. Charts of one screen share their cursor; dragging selects a time. */
export function TimeChart(props: TimeChartProps): React.ReactNode {
  const { name, lines, kind, buckets, startTs, bucketMs, format, withTimes = false, cursor } = props;
  const text = useText('analysis');
  const time = useTimeFormat();
  const colors = useCanvasColors();
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useElementSize(canvas);
  const [drag, setDrag] = useState<readonly [from: number, to: number]>();
  const scale = useMemo(() => chartScale(lines, kind, size, withTimes ? 20 : 6), [lines, kind, size, withTimes]);
  const selected = drag === undefined ? undefined : ([Math.min(...drag), Math.max(...drag)] as const);
  useEffect(() => {
    if (canvas.current === null || size.width === 0) return;
    const context = prepareCanvas(canvas.current, size.width, size.height);
    if (context === undefined) return;
    drawChart(context, { lines, buckets, startTs, bucketMs, scale, format, time, withTimes, cursor, selected }, colors);
  }, [lines, buckets, startTs, bucketMs, scale, format, time, withTimes, cursor, selected, colors, size]);
  const bucketAt = (event: React.PointerEvent): number => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const part = (x - scale.left) / (scale.right - scale.left);
    return Math.max(0, Math.min(buckets - 1, Math.floor(part * buckets)));
  };
  const most = lines.reduce(
    (max, { values }) => values.reduce<number>((most, value) => Math.max(most, value ?? 0), max),
    0,
  );
  return (
    <figure className={styles.chart}>
      <figcaption>
        {name}
        {lines
          .filter(({ name }) => name !== undefined)
          .map(line => (
            <span key={line.name}>
              <svg width="22" height="6" aria-hidden="true">
                <path
                  d="M0 3h22"
                  stroke={line.color}
                  strokeWidth={line.bold ? 2.5 : 1.5}
                  strokeDasharray={line.dashed ? '5 3' : undefined}
                />
              </svg>
              {line.name}
            </span>
          ))}
      </figcaption>
      <canvas
        ref={canvas}
        className="chart-canvas"
        data-tall={withTimes || undefined}
        role="img"
        aria-label={text.chartLabel(name, format(most))}
        onPointerDown={event => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag([bucketAt(event), bucketAt(event)]);
        }}
        onPointerMove={event => {
          const at = bucketAt(event);
          props.onCursor(at);
          if (drag !== undefined) setDrag([drag[0], at]);
        }}
        onPointerUp={() => {
          setDrag(undefined);
          if (selected !== undefined && selected[1] > selected[0]) props.onSelect(selected[0], selected[1]);
        }}
        onPointerCancel={() => setDrag(undefined)}
        onPointerLeave={() => props.onCursor(undefined)}
      />
    </figure>
  );
}
