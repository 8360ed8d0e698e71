import { Link } from '@tanstack/react-router';
import { useText } from '../../i18n/use-text.ts';
import type { SpanDetail } from '../../kernel/detail.ts';
import { formatDuration } from '../../kernel/duration-text.ts';
import styles from './detail.module.css';
import { rowOf } from './span-address.ts';
import type { PageContext } from './trace-page.tsx';

/** Children listed; the timeline has the rest. */
const MOST_CHILDREN = 20;

interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
}

/** Links as our server stores OTLP's: tags `otel.link.N` with `traceId/spanId`. */
function linksOf(detail: SpanDetail): SpanLink[] {
  const links: SpanLink[] = [];
  for (const side of detail.sides) {
    for (const [key, value] of side.tags) {
      const match = /^otel\.link\.\d+$/.test(key) ? /^([0-9a-f]{16,32})\/([0-9a-f]{16})$/.exec(value) : null;
      if (match !== null) links.push({ traceId: match[1] as string, spanId: match[2] as string });
    }
  }
  return links;
}

/** Ways on from a span: its parent, its children, and the spans it links to, in this trace or another. */
export function RelatedSpans({
  context,
  detail,
  go,
}: {
  readonly context: PageContext;
  readonly detail: SpanDetail;
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
  const links = linksOf(detail);
  if (parent < 0 && children.length === 0 && links.length === 0) return null;
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
          const inside = link.traceId.slice(-16) === trace.traceId.slice(-16) ? rowOf(opened, link.spanId) : -1;
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
      </ul>
    </section>
  );
}
