import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useConfig } from '../../api/use-config.ts';
import { useNumberFormat } from '../../format/use-number-format.ts';
import { useTimeFormat } from '../../format/use-time-format.ts';
import { useText } from '../../i18n/use-text.ts';
import type { SpanDetail, SpanSide } from '../../kernel/detail.ts';
import { formatDuration } from '../../kernel/duration-text.ts';
import { NO_DURATION } from '../../kernel/trace.ts';
import { cssColor } from '../../render/service-fill.ts';
import { CopyButton } from '../../widgets/copy-button.tsx';
import { Icon } from '../../widgets/icon.tsx';
import { fillTemplate } from './archive.ts';
import styles from './detail.module.css';
import { OperationPercentile } from './operation-percentile.tsx';
import { operationRank } from './operation-rank.ts';
import { RelatedSpans } from './related-spans.tsx';
import { spanSummary } from './span-summary.ts';
import { TagTable } from './tag-table.tsx';
import type { PageContext, TraceOrigin } from './trace-page.tsx';

/** One span: how long, where, its tags and annotations, and what can be done with it. */
export function SpanPanel({
  context,
  detail,
  other,
  origin,
  go,
  close,
}: {
  readonly context: PageContext;
  readonly detail: SpanDetail;
  /** The span beside it: tags whose values differ are marked. */
  readonly other: SpanDetail | undefined;
  readonly origin: TraceOrigin;
  readonly go: (row: number) => void;
  readonly close: React.ReactNode;
}): React.ReactNode {
  const text = useText('trace');
  const number = useNumberFormat();
  const time = useTimeFormat();
  const config = useConfig();
  const { opened, text: names, colors, patch, zoom } = context;
  const { trace, self } = opened;
  const { row } = detail;
  const start = trace.start[row] as number;
  const duration = trace.duration[row] as number;
  const unfinished = ((trace.flags[row] as number) & NO_DURATION) !== 0;
  const errors = detail.sides.flatMap(side => side.tags.filter(([key]) => key === 'error').map(([, value]) => value));
  const service = names.service(row) || names.client(row);
  const name = names.name(row);
  const rank = useMemo(() => operationRank(opened, row), [opened, row]);
  const otherTags = useMemo(() => other && new Map(other.sides.flatMap(side => side.tags)), [other]);
  const network =
    (trace.serverStart[row] as number) >= 0 && (trace.serverDuration[row] as number) > 0
      ? duration - (trace.serverDuration[row] as number)
      : -1;
  return (
    <>
      <header className={styles.head}>
        <h2>
          <span
            className={styles.swatch}
            data-pattern={colors[trace.service[row] as number]?.pattern ?? 0}
            ref={element => element?.style.setProperty('--color', cssColor(colors[trace.service[row] as number]))}
          />
          {service || text.timeline.unknownService}{' '}
          <span className={styles.spanName}>{name || text.timeline.unnamed}</span>
        </h2>
        {close}
      </header>
      <dl className={styles.facts}>
        <div>
          <dt>{text.detail.duration}</dt>
          <dd>
            <strong>{unfinished ? text.detail.unfinished : formatDuration(duration)}</strong>
            {!unfinished && trace.traceDuration > 0 && (
              <span className="muted"> {text.detail.ofTrace(number(duration / trace.traceDuration, 'percent'))}</span>
            )}
          </dd>
        </div>
        <div>
          <dt>{text.detail.self}</dt>
          <dd>{formatDuration(self[row] as number)}</dd>
        </div>
        {rank !== undefined && (
          <div>
            <dt>{text.detail.rank}</dt>
            <dd title={text.detail.rankHint}>
              {text.detail.slowerThan(number(rank.faster, 'percent'), number(rank.calls - 1))}
            </dd>
          </div>
        )}
        {origin.type === 'server' && !unfinished && service !== '' && name !== '' && trace.startedAt > 0 && (
          <OperationPercentile
            service={service}
            name={name}
            startMs={(trace.startedAt + start) / 1000}
            duration={Math.round(network >= 0 ? (trace.serverDuration[row] as number) : duration)}
          />
        )}
        <div>
          <dt>{text.detail.start}</dt>
          <dd>{formatDuration(start)}</dd>
        </div>
        {network >= 0 && (
          <div>
            <dt>{text.detail.network}</dt>
            <dd>{formatDuration(network)}</dd>
          </div>
        )}
        {trace.startedAt > 0 && (
          <div className={styles.wide}>
            <dt>{text.detail.startAbsolute}</dt>
            <dd>
              {time.dateTime((trace.startedAt + start) / 1000)}{' '}
              <CopyButton
                text={new Date((trace.startedAt + start) / 1000).toISOString()}
                label={text.detail.copyValue}
                iconOnly
              />
            </dd>
          </div>
        )}
      </dl>
      {errors.length > 0 && (
        <p className={styles.error}>
          <Icon name="warning" />
          <span>
            <strong>{text.detail.error}</strong> {errors.filter(value => value !== '' && value !== 'true').join('; ')}
          </span>
        </p>
      )}
      <div className={`${styles.actions} no-print`}>
        <button type="button" className="button" onClick={() => zoom.fit(start, duration)}>
          {text.detail.zoom}
        </button>
        {(trace.size[row] as number) > 1 && (
          <button type="button" className="button" onClick={() => patch({ root: names.id(row) }, { push: true })}>
            {text.detail.focus}
          </button>
        )}
        {service !== '' && (
          <Link to="/" search={{ serviceName: service, ...(name !== '' && { spanName: name }) }} className="button">
            {text.detail.moreLikeThis}
          </Link>
        )}
        {config.logsUrl !== undefined && (
          <a className="button" href={fillTemplate(config.logsUrl, detail.traceId)} target="_blank" rel="noreferrer">
            {text.detail.logs}
          </a>
        )}
        <CopyButton text={() => linkTo(origin, names.id(row))} label={text.detail.copyLink} className="button" />
        <CopyButton text={() => spanSummary(context, row)} label={text.detail.copySummary} className="button" />
      </div>
      {detail.sides.map((side, i) => (
        <Side
          key={side.kind + side.service + String(i)}
          side={side}
          several={detail.sides.length > 1}
          shift={detail.corrected[i] ?? 0}
          otherTags={otherTags}
          context={context}
        />
      ))}
      <RelatedSpans context={context} detail={detail} origin={origin} go={go} />
      <section className={styles.section}>
        <h3>{text.detail.ids}</h3>
        <dl className={styles.ids}>
          {(
            [
              [text.detail.traceId, detail.traceId],
              [text.detail.spanId, detail.id],
              [text.detail.parentId, detail.parentId],
            ] as const
          ).map(([label, id]) =>
            id === '' ? null : (
              <div key={label}>
                <dt>{label}</dt>
                <dd>
                  <span className="mono">{id}</span>{' '}
                  <CopyButton text={id} label={`${text.detail.copyValue}: ${label}`} iconOnly />
                </dd>
              </div>
            ),
          )}
        </dl>
      </section>
      <details className={styles.section}>
        <summary>{text.detail.raw}</summary>
        {detail.raw.map((json, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: reported pieces have no other name
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
          <pre key={i} className={styles.raw} tabIndex={0}>
            {json}
          </pre>
        ))}
      </details>
    </>
  );
}

function linkTo(origin: TraceOrigin, spanId: string): string {
  const url = new URL(location.href);
  url.hash = '';
  if (origin.type === 'server') url.search = '';
  url.searchParams.set('span', spanId);
  return url.href;
}

/** One side of the span: where it was recorded, its tags and annotations. */
function Side({
  side,
  several,
  shift,
  otherTags,
  context,
}: {
  readonly side: SpanSide;
  readonly several: boolean;
  readonly shift: number;
  readonly otherTags: ReadonlyMap<string, string> | undefined;
  readonly context: PageContext;
}): React.ReactNode {
  const text = useText('trace');
  const kinds = {
    CLIENT: text.detail.client,
    SERVER: text.detail.server,
    PRODUCER: text.detail.producer,
    CONSUMER: text.detail.consumer,
    '': text.detail.local,
  };
  return (
    <section className={styles.section}>
      <h3>
        {kinds[side.kind]}
        {several && <span className={styles.sideName}> {side.service}</span>}
      </h3>
      <dl className={styles.side}>
        {side.address !== '' && (
          <div>
            <dt>{text.detail.address}</dt>
            <dd className="mono">{side.address}</dd>
          </div>
        )}
        {side.remoteService !== '' && (
          <div>
            <dt>{text.detail.remote}</dt>
            <dd>{side.remoteService}</dd>
          </div>
        )}
        {several && side.duration > 0 && (
          <div>
            <dt>{text.detail.duration}</dt>
            <dd>{formatDuration(side.duration)}</dd>
          </div>
        )}
        {shift !== 0 && (
          <div className={styles.wide}>
            <dt>{text.detail.start}</dt>
            <dd>{text.detail.corrected(formatDuration(shift))}</dd>
          </div>
        )}
      </dl>
      <TagTable tags={side.tags} otherTags={otherTags} service={side.service} context={context} />
      {side.annotations.length > 0 && (
        <table className={styles.annotations}>
          <caption>{text.detail.annotations}</caption>
          <tbody>
            {side.annotations.slice(0, MOST_ANNOTATIONS).map((annotation, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: annotations may be equal
              <tr key={i}>
                <td className={styles.when}>{formatDuration(annotation.time + shift)}</td>
                <td>{annotation.value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** A span with more events than this is read in the events view. */
const MOST_ANNOTATIONS = 500;
