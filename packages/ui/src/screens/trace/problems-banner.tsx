import { useEffect, useState } from 'react';
import { useText } from '../../i18n/use-text.ts';
import type { ProblemKind } from '../../kernel/problems.ts';
import { Icon } from '../../widgets/icon.tsx';
import styles from './trace.module.css';
import type { PageContext, TraceOrigin } from './trace-page.tsx';
import { useNewSpans } from './use-new-spans.ts';

/** Kinds that mean the data itself is bad, as opposed to incomplete. */
const MALFORMED: readonly ProblemKind[] = [
  'not-json',
  'cut-off',
  'not-a-span',
  'bad-id',
  'bad-field',
  'clashing-id',
  'no-time',
];

/** Says what is wrong or was corrected, in one line each, with the list on demand; and that new spans have come. */
export function ProblemsBanner({
  context,
  origin,
  go,
  rebuild,
}: {
  readonly context: PageContext;
  readonly origin: TraceOrigin;
  readonly go: (row: number) => void;
  readonly rebuild: () => void;
}): React.ReactNode {
  const text = useText('trace');
  const { opened, state, patch, client } = context;
  const { problems, skewed } = opened.trace;
  const [listed, setListed] = useState(false);
  const added = useNewSpans(client, opened, origin);
  const [applied, setApplied] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another trace has other problems
  useEffect(() => setApplied(0), [opened]);
  const count = (kind: ProblemKind): number => problems.counts[kind] ?? 0;
  const malformed = MALFORMED.reduce((sum, kind) => sum + count(kind), 0);
  const lines: React.ReactNode[] = [];
  if (count('missing-parent') > 0)
    lines.push(<span key="parents">{text.problems.incomplete(count('missing-parent'))}</span>);
  if (count('loop') > 0) lines.push(<span key="loops">{text.problems.loops(count('loop'))}</span>);
  if (malformed > 0) lines.push(<span key="bad">{text.problems.malformed(malformed)}</span>);
  const hasList = problems.listed.length > 0 && lines.length > 0;
  if (skewed > 0 || state.rawClocks) {
    lines.push(
      <span key="skew">
        {state.rawClocks ? text.problems.rawShown : text.problems.skewed(skewed)}{' '}
        <button
          type="button"
          className={styles.linkButton}
          onClick={() => patch({ skew: state.rawClocks ? undefined : 'raw' })}
        >
          {state.rawClocks ? text.problems.showCorrected : text.problems.showRaw}
        </button>
      </span>,
    );
  }
  const update = async (): Promise<void> => {
    if (origin.type !== 'server') return;
    // What was told is a number, and by now there may be more.
    await client.call('refresh', [origin.url]);
    await client.call('applyRefresh', []);
    setApplied(added);
    rebuild();
  };
  const fresh = added > applied;
  if (lines.length === 0 && !fresh) return null;
  return (
    <section className={`${styles.banner} no-print`} aria-label={text.problems.label}>
      <div className={styles.bannerLine}>
        {lines.length > 0 && <Icon name="warning" />}
        {lines}
        {hasList && (
          <button type="button" className={styles.linkButton} aria-expanded={listed} onClick={() => setListed(!listed)}>
            {text.problems.details}
          </button>
        )}
        {fresh && (
          <span className={styles.fresh} role="status">
            {text.problems.newSpans(added)}
            <button type="button" className="button" onClick={update}>
              <Icon name="refresh" />
              {text.problems.update}
            </button>
          </span>
        )}
      </div>
      {listed && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
        <ul className={styles.problemList} tabIndex={0} aria-label={text.problems.label}>
          {problems.listed.map((problem, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
            <li key={i}>
              <strong>{text.problems.kinds[problem.kind]}</strong> <code>{problem.text}</code>
              {problem.row >= 0 && (
                <button type="button" className={styles.linkButton} onClick={() => go(problem.row)}>
                  {text.compare.goTo}
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
