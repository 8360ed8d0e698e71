import { Link } from '@tanstack/react-router';
import { useText } from '../../i18n/use-text.ts';
import type { SpanDetail } from '../../kernel/detail.ts';
import { formatDuration } from '../../kernel/duration-text.ts';
import { isWithin, readSpanLink } from '../../kernel/span-links.ts';
import styles from './detail.module.css';
import { rowOf } from './span-address.ts';
import type { PageContext, TraceOrigin } from './trace-page.tsx';

/** Children listed; the timeline has the rest. */
const MOST_CHILDREN = 20;

/** ms before and after a span in which spans of other traces name it: a message may wait for a day. */
const LINKED_BEFORE_MS = 3_600_000;
const LINKED_AFTER_MS = 86_400_000;

/** Ways on from a span: its parent, its children, the spans it links to and those that link to it, in this trace or another. */
export function RelatedSpans({
  context,
  detail,
  origin,
  go,
}: {
  readonly context: PageContext;
  readonly detail: SpanDetail;
  readonly origin: TraceOrigin;
  readonly go: (row: number) => void;
}): React.ReactNode {
  const text = useText('trace');
  const { opened, text: names } = context;
  const { trace } = opened;
  const { row } = detail;
  const parent = trace.parent[row] as number;
  const children: number[] = [];
  const end = row + (trace.size[row] as number);
  for (let child = row + 1; child < end && children.length < MOST_CHILDREN; child += trace.size[child] as number)
    children.push(child);
  const links = detail.sides.flatMap(({ tags }) =>
    tags.map(([key, value]) => readSpanLink(key, value)).filter(link => link !== undefined),
  );
  // What others link to is, nearly always, a message that was sent.
  const mayBeLinked = origin.type === 'server' && detail.sides.some(({ kind }) => kind === 'PRODUCER');
  if (parent < 0 && children.length === 0 && links.length === 0 && detail.linkedFrom.length === 0 && !mayBeLinked)
    return null;
  const item = (label: string, to: number): React.ReactNode => (
    <li key={`${label} ${to}`}>
      <button type="button" onClick={() => go(to)}>
        <span className="muted">{label}</span>
        <span className={styles.linkName}>
          {names.service(to)} {names.name(to)}
        </span>
        <span>{formatDuration(trace.duration[to] as number)}</span>
      </button>
    </li>
  );
  return (
    <section className={styles.section}>
      <h3>{text.detail.related}</h3>
      <ul className={styles.links}>
        {parent >= 0 && item(text.detail.parent, parent)}
        {children.map(child => item(text.detail.children, child))}
        {links.map(link => {
          const inside = isWithin(trace, link) ? rowOf(opened, link.spanId) : -1;
          if (inside >= 0) return item(text.detail.links, inside);
          return (
            <li key={link.traceId + link.spanId}>
              <Link
                to="/traces/$traceId"
                params={{ traceId: link.traceId }}
                search={{ span: link.spanId }}
                target="_blank"
              >
                <span className="muted">{text.detail.links}</span> <span className="mono">{link.traceId}</span>
              </Link>
            </li>
          );
        })}
        {detail.linkedFrom.map(from => item(text.detail.linkedFrom, from))}
        {mayBeLinked && (
          <li>
            <Link
              to="/"
              search={searchForLinks(detail, trace.startedAt / 1000)}
              target="_blank"
              className={styles.findLinked}
            >
              {text.detail.findLinked}
            </Link>
          </li>
        )}
      </ul>
    </section>
  );
}

/** The search for traces whose first link, which is the only one of nearly all, names this span. */
function searchForLinks({ traceId, id }: SpanDetail, startedAtMs: number): Record<string, string> {
  return {
    annotationQuery: `otel.link.0=${traceId}/${id}`,
    lookback: 'range',
    startTs: String(Math.floor(startedAtMs - LINKED_BEFORE_MS)),
    endTs: String(Math.min(Date.now(), Math.ceil(startedAtMs + LINKED_AFTER_MS))),
  };
}
