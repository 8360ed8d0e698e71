import { useNumberFormat } from '../../format/use-number-format.ts';
import { useText } from '../../i18n/use-text.ts';
import { formatDuration } from '../../kernel/duration-text.ts';
import type { ResultStats } from './result-stats.ts';
import styles from './search-screen.module.css';
import { SORTS, type Sort } from './sort.ts';

export interface ResultSummaryProps {
  readonly stats: ResultStats;
  /** How many traces are loaded; `stats` counts those that the table shows. */
  readonly all: number;
  readonly tookMs: number;
  readonly loading: boolean;
  readonly plot: boolean;
  readonly onPlot: (plot: boolean) => void;
  /** Whether the heatmap is shown; undefined when the server has none. */
  readonly heatmap: boolean | undefined;
  readonly onHeatmap: (heatmap: boolean) => void;
  /** Whether columns are being chosen. */
  readonly columns: boolean;
  readonly onColumns: (choosing: boolean) => void;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  readonly marked: number;
  readonly onCompare: () => void;
  readonly onUnmark: () => void;
}

/** One line above the results: how many, how long, how many failed; then what can be done with the list. */
export function ResultSummary(props: ResultSummaryProps): React.ReactNode {
  const { stats, all, marked } = props;
  const text = useText('search');
  const number = useNumberFormat();
  return (
    <div className={styles.summary}>
      <p role="status" className={styles.figures}>
        {props.loading ? (
          text.running
        ) : (
          <>
            <strong>
              {stats.count === all ? text.traces(all) : text.shownOf(number(stats.count), text.traces(all))}
            </strong>
            {stats.count > 0 && (
              <>
                <span>
                  {text.p50} {formatDuration(stats.p50)}
                </span>
                <span>
                  {text.p95} {formatDuration(stats.p95)}
                </span>
                <span className={stats.failed > 0 ? 'error-text' : undefined}>
                  {text.failedPart(number(stats.failed / stats.count, 'percent'))}
                </span>
              </>
            )}
            <span className="muted">{text.took(formatDuration(props.tookMs * 1000))}</span>
          </>
        )}
      </p>
      <div className={`${styles.listTools} no-print`} hidden={all === 0 && !props.loading && props.heatmap !== true}>
        {marked > 0 && (
          <>
            <span className="muted">{text.marked(marked)}</span>
            <button type="button" className="button primary" disabled={marked !== 2} onClick={props.onCompare}>
              {text.compare}
            </button>
            <button type="button" className="button" onClick={props.onUnmark}>
              {text.unmark}
            </button>
          </>
        )}
        <label className={styles.limit}>
          <span className="field-label">{text.sort}</span>
          <select value={props.sort} onChange={event => props.onSort(event.target.value as Sort)}>
            {SORTS.map(sort => (
              <option key={sort} value={sort}>
                {text.sorts[sort]}
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          className="button"
          aria-expanded={props.columns}
          onClick={() => props.onColumns(!props.columns)}
        >
          {text.tagColumns}
        </button>
        {props.heatmap !== true && (
          <button type="button" className="button" aria-pressed={props.plot} onClick={() => props.onPlot(!props.plot)}>
            {text.plot}
          </button>
        )}
        {props.heatmap !== undefined && (
          <button
            type="button"
            className="button"
            aria-pressed={props.heatmap}
            title={text.heatmapTitle}
            onClick={() => props.onHeatmap(!props.heatmap)}
          >
            {text.heatmap}
          </button>
        )}
      </div>
    </div>
  );
}
