import { useText } from '../../i18n/use-text.ts';
import styles from './trace.module.css';
import { VIEWS, type View } from './trace-state.ts';

export function viewId(view: View): string {
  return `trace-view-${view}`;
}

/** The views as tabs: arrow keys move and choose, as in every tab list. */
export function ViewTabs({
  view,
  onChange,
}: {
  readonly view: View;
  readonly onChange: (view: View) => void;
}): React.ReactNode {
  const text = useText('trace');
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const at = VIEWS.indexOf(view);
    const moves: Readonly<Record<string, number>> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      Home: 0,
      End: VIEWS.length - 1,
    };
    const next = moves[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const chosen = VIEWS[(next + VIEWS.length) % VIEWS.length] as View;
    onChange(chosen);
    document.getElementById(`tab-${chosen}`)?.focus();
  };
  return (
    <div role="tablist" aria-label={text.views.label} className={styles.tabs} onKeyDown={onKeyDown}>
      {VIEWS.map(name => (
        <button
          key={name}
          id={`tab-${name}`}
          type="button"
          role="tab"
          aria-selected={name === view}
          aria-controls={name === view ? viewId(name) : undefined}
          tabIndex={name === view ? 0 : -1}
          className={styles.tab}
          onClick={() => onChange(name)}
        >
          {text.views[name]}
        </button>
      ))}
    </div>
  );
}
