import { useNumberFormat } from '../../format/use-number-format.ts';
import { useText } from '../../i18n/use-text.ts';
import { Icon } from '../../widgets/icon.tsx';
import styles from './trace.module.css';
import type { PageContext } from './trace-page.tsx';
import type { Found } from './use-find.ts';

export const FIND_INPUT_ID = 'trace-find';

export interface FindBarProps {
  readonly context: PageContext;
  readonly found: Found;
  readonly go: (row: number) => void;
}

/** Position in the matches of the first at or after `row`; matches are ascending. */
export function nextMatch(rows: Int32Array, row: number, step: 1 | -1): number {
  if (rows.length === 0) return -1;
  if (step > 0) {
    const at = rows.findIndex(match => match > row);
    return rows[at < 0 ? 0 : at] as number;
  }
  const at = rows.findLastIndex(match => match < row);
  return rows[at < 0 ? rows.length - 1 : at] as number;
}

export function FindBar({ context, found, go }: FindBarProps): React.ReactNode {
  const text = useText('trace');
  const number = useNumberFormat();
  const { state, patch, selected } = context;
  const { findText: typed, typeFind } = context;

  const move = (step: 1 | -1): void => {
    if (found.rows !== undefined && found.rows.length > 0)
      go(nextMatch(found.rows, Number.isNaN(selected) ? -1 : selected, step));
  };
  const at = found.rows === undefined ? -1 : found.rows.indexOf(selected);
  const count = found.rows?.length ?? 0;
  const status =
    found.error !== ''
      ? text.find.badRegex(found.error)
      : found.rows === undefined
        ? ''
        : count === 0
          ? text.find.none
          : at >= 0
            ? text.find.position(at + 1, number(count))
            : text.find.found(number(count));
  return (
    <search className={styles.find}>
      <Icon name="search" />
      <input
        id={FIND_INPUT_ID}
        type="search"
        aria-label={text.find.label}
        placeholder={text.find.placeholder}
        value={typed}
        spellCheck={false}
        autoComplete="off"
        onChange={event => typeFind(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter') {
            event.preventDefault();
            move(event.shiftKey ? -1 : 1);
          } else if (event.key === 'Escape') {
            event.preventDefault();
            if (typed !== '') typeFind('');
            else event.currentTarget.blur();
          }
        }}
      />
      <span className={styles.findStatus} role="status" data-bad={found.error !== '' || undefined}>
        {status}
      </span>
      <button
        type="button"
        className="button quiet icon"
        aria-label={text.find.previous}
        title={`${text.find.previous} (N)`}
        disabled={count === 0}
        onClick={() => move(-1)}
      >
        <span className={styles.up}>
          <Icon name="chevronDown" />
        </span>
      </button>
      <button
        type="button"
        className="button quiet icon"
        aria-label={text.find.next}
        title={`${text.find.next} (n)`}
        disabled={count === 0}
        onClick={() => move(1)}
      >
        <Icon name="chevronDown" />
      </button>
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={state.only}
          onChange={event => patch({ only: event.target.checked ? '1' : undefined })}
        />
        {text.find.only}
      </label>
    </search>
  );
}
