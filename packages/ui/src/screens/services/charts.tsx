import { quantileOfSteps } from '@tracekin/model';
import { useMemo, useState } from 'react';
import type { Heatmap } from '../../api/analysis.ts';
import { useNumberFormat } from '../../format/use-number-format.ts';
import { useTimeFormat } from '../../format/use-time-format.ts';
import { useText } from '../../i18n/use-text.ts';
import { formatDuration } from '../../kernel/duration-text.ts';
import { useCanvasColors } from '../../theme/use-canvas-colors.ts';
import { stepsByBucket } from '../search/analysis/heat-cells.ts';
import styles from './services.module.css';
import { TimeChart } from './time-chart.tsx';

export interface ChartsProps {
  readonly heatmap: Heatmap;
  /** Milliseconds since the epoch. */
  readonly onSelect: (startTs: number, endTs: number) => void;
}

/** Three charts with one cursor: requests, failed requests, percentiles of the duration. The same figures as a table. */
export function Charts({ heatmap, onSelect }: ChartsProps): React.ReactNode {
  const text = useText('analysis');
  const number = useNumberFormat();
  const time = useTimeFormat();
  const colors = useCanvasColors();
  const [cursor, setCursor] = useState<number>();
  const [isTable, setTable] = useState(false);
  const { startTs, endTs, bucketMs, buckets } = heatmap;
  const rows = useMemo(
    () =>
      stepsByBucket(heatmap).map(({ spans, errors, steps }, bucket) => {
        // The last bucket may end after the window.
        const seconds = Math.max(1, Math.min(bucketMs, endTs + 1 - startTs - bucket * bucketMs)) / 1000;
        return {
          bucket,
          spans,
          errors,
          rate: spans / seconds,
          errorRate: errors / seconds,
          p50: quantileOfSteps(steps, 0.5),
          p95: quantileOfSteps(steps, 0.95),
          p99: quantileOfSteps(steps, 0.99),
        };
      }),
    [heatmap, startTs, endTs, bucketMs],
  );
  const charts = useMemo(
    () => ({
      rate: [{ values: rows.map(({ rate }) => rate), color: colors.accent, filled: true }],
      errors: [{ values: rows.map(({ errorRate }) => errorRate), color: colors.error, dashed: true, filled: true }],
      durations: [
        { name: 'p50', values: rows.map(({ p50 }) => p50), color: colors.accent },
        { name: 'p95', values: rows.map(({ p95 }) => p95), color: colors.text, bold: true },
        { name: 'p99', values: rows.map(({ p99 }) => p99), color: colors.warning, dashed: true },
      ],
    }),
    [rows, colors],
  );
  const at = (bucket: number): number => startTs + bucket * bucketMs;
  const duration = (micros: number | undefined): string => (micros === undefined ? '–' : formatDuration(micros));
  const pointed = cursor === undefined ? undefined : rows[cursor];
  const shared = {
    buckets,
    startTs,
    bucketMs,
    cursor,
    onCursor: setCursor,
    onSelect: (from: number, to: number) => onSelect(at(from), at(to + 1) - 1),
  };
  return (
    <div className={styles.charts}>
      <p className={styles.readout}>
        {pointed === undefined ? (
          <span className="muted">{text.chartHint}</span>
        ) : (
          <>
            <strong>{time.clock(at(pointed.bucket))}</strong> {text.perSecond(number(pointed.rate))} · {text.errors}{' '}
            {number(pointed.errors)} · p50 {duration(pointed.p50)} · p95 {duration(pointed.p95)} · p99{' '}
            {duration(pointed.p99)}
          </>
        )}
      </p>
      <TimeChart name={text.chartRate} kind="linear" lines={charts.rate} format={number} {...shared} />
      <TimeChart name={text.chartErrors} kind="linear" lines={charts.errors} format={number} {...shared} />
      <TimeChart
        name={text.chartDuration}
        kind="log"
        lines={charts.durations}
        format={formatDuration}
        withTimes
        {...shared}
      />
      <details className={`table-twin ${styles.twin}`} onToggle={event => setTable(event.currentTarget.open)}>
        <summary>{text.asTable}</summary>
        {isTable && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
          <section className={`${styles.scroll} ${styles.low}`} tabIndex={0} aria-label={text.tableTitle}>
            <table className={styles.table}>
              <thead>
                <tr>
                  {[text.time, text.rate, text.errors, 'p50', 'p95', 'p99'].map(head => (
                    <th key={head} scope="col">
                      {head}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows
                  .filter(({ spans }) => spans > 0)
                  .map(row => (
                    <tr key={row.bucket}>
                      <th scope="row">
                        <button
                          type="button"
                          className={`text-button ${styles.operation}`}
                          title={text.tracesAt(time.clock(at(row.bucket)))}
                          onClick={() => onSelect(at(row.bucket), at(row.bucket + 1) - 1)}
                        >
                          {time.dateTime(at(row.bucket)).replace(/[.,]\d{3}$/, '')}
                        </button>
                      </th>
                      <td>{number(row.rate)}</td>
                      <td className={row.errors > 0 ? 'error-text' : undefined}>{number(row.errors)}</td>
                      <td>{duration(row.p50)}</td>
                      <td>{duration(row.p95)}</td>
                      <td>{duration(row.p99)}</td>
                    </tr>
                  ))}
              </tbody>
            </table>
          </section>
        )}
      </details>
    </div>
  );
}
