import { useState } from 'react';
import { useNumberFormat } from '../../format/use-number-format.ts';
import { useText } from '../../i18n/use-text.ts';
import { CopyButton } from '../../widgets/copy-button.tsx';
import styles from './panes.module.css';
import type { PageContext } from './trace-page.tsx';
import { useWorker } from './use-find.ts';

const PAGE = 100;

/** The reported pieces, indented; 100 rows at a time, because 100,000 would be two million lines. */
export function JsonPane({ context }: { readonly context: PageContext }): React.ReactNode {
  const text = useText('trace');
  const number = useNumberFormat();
  const { client, opened } = context;
  const [shown, setShown] = useState(PAGE);
  const json = useWorker(() => client.call('json', [0, shown]), [client, opened, shown]);
  const { count } = opened.trace;
  return (
    <div className={styles.pane}>
      <div className={`${styles.paneTools} no-print`}>
        <span className="muted">{text.json.shown(number(Math.min(shown, count)), number(count))}</span>
        <CopyButton text={() => json ?? ''} label={text.json.copy} />
        {shown < count && (
          <button type="button" className="button quiet" onClick={() => setShown(shown + PAGE * 5)}>
            {text.json.more}
          </button>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard */}
      <pre className={styles.jsonText} tabIndex={0} role="region" aria-label={text.json.label}>
        {json}
      </pre>
    </div>
  );
}
