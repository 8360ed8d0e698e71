import { Link } from '@tanstack/react-router';
import type { TraceSummary } from '@tracekin/model';
import { memo } from 'react';
import type { TimeFormat } from '../../format/time.ts';
import type { Catalogs } from '../../i18n/catalogs.ts';
import { formatDuration } from '../../kernel/duration-text.ts';
import type { CanvasColors } from '../../theme/canvas-colors.ts';
import { serviceColor } from '../../theme/service-colors.ts';
import { CopyButton } from '../../widgets/copy-button.tsx';
import { Icon } from '../../widgets/icon.tsx';
import { MiniPicture } from './mini-picture.tsx';
import styles from './result-table.module.css';
import { traceName } from './trace-name.ts';

export interface ResultRowProps {
  readonly trace: TraceSummary;
  readonly tagKeys: readonly string[];
  readonly text: Catalogs['search'];
  readonly time: TimeFormat;
  /** For "12 s ago"; undefined shows dates. */
  readonly now: number | undefined;
  /** Microseconds; the full length of the bar. */
  readonly longest: number;
  readonly slots: ReadonlyMap<string, number>;
  readonly colors: CanvasColors;
  readonly marked: boolean;
  readonly expanded: boolean;
  readonly index: number;
  readonly onMark: (traceId: string) => void;
  readonly onExpand: (traceId: string) => void;
  readonly onService: (serviceName: string) => void;
}

const SERVICES_SHOWN = 3;

/** One trace. Without any state of its own: only rows whose data changed are drawn again. */
export const ResultRow: React.MemoExoticComponent<(props: ResultRowProps) => React.ReactNode> = memo(function ResultRow(
  props: ResultRowProps,
) {
  const { trace, text, time, now, longest, slots, colors, marked, expanded } = props;
  const name = traceName(trace, text);
  const startMs = trace.timestamp === undefined ? undefined : trace.timestamp / 1000;
  const start = startMs === undefined ? '–' : now === undefined ? time.dateTime(startMs) : time.relative(startMs, now);
  return (
    <>
      <tr
        className={styles.row}
        data-marked={marked || undefined}
        data-failed={trace.errorCount > 0 || undefined}
        data-index={props.index}
      >
        <td className={styles.mark}>
          <input
            type="checkbox"
            checked={marked}
            onChange={() => props.onMark(trace.traceId)}
            aria-label={text.markTrace(name)}
          />
        </td>
        <td className={styles.root}>
          <button
            type="button"
            className={styles.chevron}
            aria-expanded={expanded}
            aria-label={text.expand(name)}
            onClick={() => props.onExpand(trace.traceId)}
          >
            <Icon name={expanded ? 'chevronDown' : 'chevronRight'} />
          </button>
          <Link
            to="/traces/$traceId"
            params={{ traceId: trace.traceId }}
            className={styles.link}
            data-trace={trace.traceId}
            title={name}
          >
            <i className={styles.swatch} style={{ background: serviceColor(slots.get(trace.rootServiceName ?? '')) }} />
            <strong>{trace.rootServiceName ?? text.unknownService}</strong> {trace.rootSpanName ?? text.unknownSpan}
          </Link>
          <span className={styles.second} aria-hidden="true">
            {start} · {text.spans(trace.spanCount)}
            {trace.errorCount > 0 && ` · ${text.errors(trace.errorCount)}`}
          </span>
        </td>
        <td className={styles.picture}>
          <MiniPicture trace={trace} slots={slots} colors={colors} />
        </td>
        <td
          className={styles.services}
          title={trace.services.map(({ serviceName, spanCount }) => `${serviceName} ${spanCount}`).join('\n')}
        >
          {trace.services.slice(0, SERVICES_SHOWN).map(({ serviceName, spanCount }, index) => (
            <span key={serviceName}>
              {index > 0 && ', '}
              {serviceName} <span className="muted">{spanCount}</span>
            </span>
          ))}
          {trace.services.length > SERVICES_SHOWN && (
            <span className="muted"> +{trace.services.length - SERVICES_SHOWN}</span>
          )}
        </td>
        {props.tagKeys.map(key => (
          <td key={key} className={styles.tag} title={trace.tags?.[key]?.join('\n')}>
            {trace.tags?.[key]?.join(', ') ?? <span className="muted">–</span>}
          </td>
        ))}
        <td className={styles.spans}>{trace.spanCount}</td>
        <td className={styles.errors}>
          {trace.errorCount > 0 ? (
            <span className={styles.failed}>
              <Icon name="warning" />
              {trace.errorCount}
            </span>
          ) : (
            <span className="muted">–</span>
          )}
        </td>
        <td className={styles.duration}>
          <i
            className={styles.bar}
            style={{ inlineSize: `${longest === 0 ? 0 : Math.max(0.5, ((trace.duration ?? 0) / longest) * 100)}%` }}
          />
          <span>{trace.duration === undefined ? '–' : formatDuration(trace.duration)}</span>
        </td>
        <td className={styles.start} title={startMs === undefined ? undefined : time.dateTime(startMs)}>
          {start}
        </td>
      </tr>
      {expanded && (
        <tr className={styles.more}>
          <td colSpan={8 + props.tagKeys.length}>
            <div className={styles.moreInside}>
              {trace.services.map(({ serviceName, spanCount, errorCount }) => (
                <button
                  key={serviceName}
                  type="button"
                  className={styles.chip}
                  title={text.filterByService(serviceName)}
                  onClick={() => props.onService(serviceName)}
                >
                  <i className={styles.swatch} style={{ background: serviceColor(slots.get(serviceName)) }} />
                  {serviceName} <span className="muted">{spanCount}</span>
                  {errorCount > 0 && (
                    <span className={styles.failed}>
                      <Icon name="warning" />
                      {errorCount}
                    </span>
                  )}
                </button>
              ))}
              <span className={styles.id}>
                <span className="muted">{text.traceId}</span> <code>{trace.traceId}</code>
                <CopyButton iconOnly text={trace.traceId} label={text.copyId} />
              </span>
              <span className="muted">{text.reported(trace.reportedSpanCount)}</span>
              {startMs !== undefined && <span className="muted">{time.dateTime(startMs)}</span>}
            </div>
          </td>
        </tr>
      )}
    </>
  );
});
