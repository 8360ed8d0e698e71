import { useNumberFormat } from '../../format/use-number-format.ts';
import { useText } from '../../i18n/use-text.ts';
import { cssColor } from '../../render/service-fill.ts';
import styles from './trace.module.css';
import type { PageContext } from './trace-page.tsx';
import { useWorker } from './use-find.ts';

/** Tag keys offered; a trace with more of them has keys that are values. */
const MOST_KEYS = 200;
const MOST_VALUES = 12;

/** What bars are coloured by. */
export function ColorSelect({ context }: { readonly context: PageContext }): React.ReactNode {
  const text = useText('trace');
  const { client, opened, state, patch } = context;
  const keys = useWorker(() => client.call('tagKeys', []), [client, opened]) ?? [];
  const shown = keys.slice(0, MOST_KEYS);
  // A link may name a tag that this trace does not have.
  if (state.color !== '' && !shown.includes(state.color)) shown.push(state.color);
  return (
    <label className={styles.check}>
      {text.tools.colorBy}
      <select
        className={styles.colorSelect}
        value={state.color}
        onChange={event => patch({ color: event.target.value === '' ? undefined : `tag:${event.target.value}` })}
      >
        <option value="">{text.stats.service}</option>
        {shown.map(key => (
          <option key={key} value={key}>
            {key}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The values that have a colour; a press finds their spans. */
export function ColorLegend({ context }: { readonly context: PageContext }): React.ReactNode {
  const text = useText('trace');
  const number = useNumberFormat();
  const { rowColors, state, typeFind } = context;
  if (rowColors.values === undefined) return null;
  return (
    <fieldset className={styles.legend}>
      <legend className="visually-hidden">{state.color}</legend>
      <span className="muted">{state.color}</span>
      {rowColors.values.slice(0, MOST_VALUES).map(({ number: value, label, rows }) => (
        <button
          key={label}
          type="button"
          className={styles.chip}
          title={text.detail.findTag}
          onClick={() => typeFind(`"${state.color}"="${label.replaceAll('"', '')}"`)}
        >
          <span
            className={styles.swatch}
            data-pattern={rowColors.colors[value]?.pattern ?? 0}
            ref={element => element?.style.setProperty('--color', cssColor(rowColors.colors[value]))}
          />
          <span className={styles.chipText}>{label === '' ? text.stats.none : label}</span>
          <span className="muted">{number(rows)}</span>
        </button>
      ))}
      {rowColors.values.length > MOST_VALUES && (
        <span className="muted">+{number(rowColors.values.length - MOST_VALUES)}</span>
      )}
    </fieldset>
  );
}
