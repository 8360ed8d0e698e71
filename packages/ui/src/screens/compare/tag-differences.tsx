import { Link } from '@tanstack/react-router';
import { useText } from '../../i18n/use-text.ts';
import type { TraceDiff } from '../../kernel/compare.ts';
import type { SpanDetail } from '../../kernel/detail.ts';
import { Icon } from '../../widgets/icon.tsx';
import { useWorker } from '../trace/use-find.ts';
import styles from './compare.module.css';
import type { ComparedTrace } from './compare-page.tsx';

/** Tags of the longest span of a path on each side, those that differ. */
export function TagDifferences({
  a,
  b,
  diff,
  node,
  onClose,
}: {
  readonly a: ComparedTrace;
  readonly b: ComparedTrace;
  readonly diff: TraceDiff;
  readonly node: number;
  readonly onClose: () => void;
}): React.ReactNode {
  const text = useText('trace');
  const rowA = diff.rowA[node] as number;
  const rowB = diff.rowB[node] as number;
  const detailA = useWorker(rowA < 0 ? undefined : () => a.client.call('detail', [rowA]), [a, rowA]);
  const detailB = useWorker(rowB < 0 ? undefined : () => b.client.call('detail', [rowB]), [b, rowB]);
  const tagsA = tagsOf(detailA);
  const tagsB = tagsOf(detailB);
  const keys = [...new Set([...tagsA.keys(), ...tagsB.keys()])].filter(key => tagsA.get(key) !== tagsB.get(key)).sort();
  const side = (label: string, of: ComparedTrace, detail: SpanDetail | undefined): React.ReactNode =>
    detail === undefined ? null : (
      <Link to="/traces/$traceId" params={{ traceId: of.traceId }} search={{ span: detail.id }} className="button">
        {label}: {text.compare.goTo}
      </Link>
    );
  return (
    <aside className={styles.panel} aria-label={text.compare.tagDifferences}>
      <div className={styles.panelHead}>
        <h2>
          {diff.service[node]} {diff.name[node]}
        </h2>
        <button type="button" className="button quiet icon" aria-label={text.detail.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <p className={styles.panelLinks}>
        {side(text.compare.a, a, detailA)} {side(text.compare.b, b, detailB)}
      </p>
      {keys.length === 0 ? (
        <p className="muted">{text.compare.noTagDifferences}</p>
      ) : (
        <table className={styles.tags}>
          <caption>{text.compare.tagDifferences}</caption>
          <thead>
            <tr>
              <th scope="col">{text.detail.tags}</th>
              <th scope="col">{text.compare.a}</th>
              <th scope="col">{text.compare.b}</th>
            </tr>
          </thead>
          <tbody>
            {keys.map(key => (
              <tr key={key}>
                <th scope="row">{key}</th>
                <td>{tagsA.get(key) ?? <span className="muted">{text.compare.absent}</span>}</td>
                <td>{tagsB.get(key) ?? <span className="muted">{text.compare.absent}</span>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </aside>
  );
}

function tagsOf(detail: SpanDetail | undefined): Map<string, string> {
  return new Map(detail?.sides.flatMap(side => side.tags.map(([key, value]) => [key, value] as const)) ?? []);
}
