import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { autocompleteKeysQuery } from '../../../api/names.ts';
import { useText } from '../../../i18n/use-text.ts';
import styles from './analysis.module.css';

export interface ColumnFieldProps {
  readonly chosen: readonly string[];
  readonly onChange: (keys: readonly string[]) => void;
}

/** Tags as columns of the result table, by their keys. */
export function ColumnField({ chosen, onChange }: ColumnFieldProps): React.ReactNode {
  const text = useText('analysis');
  const id = useId();
  const [typed, setTyped] = useState(chosen.join(', '));
  const { data: keys = [] } = useQuery(autocompleteKeysQuery());
  return (
    <form
      className={`${styles.tools} no-print`}
      onSubmit={event => {
        event.preventDefault();
        onChange(
          typed
            .split(',')
            .map(key => key.trim())
            .filter(Boolean),
        );
      }}
    >
      <label htmlFor={id}>{text.tagColumns}</label>
      <input
        id={id}
        // biome-ignore lint/a11y/noAutofocus: the reader has just asked for this field
        autoFocus
        list={`${id}-keys`}
        size={44}
        placeholder="http.status_code, http.path"
        value={typed}
        onChange={event => setTyped(event.target.value)}
      />
      <datalist id={`${id}-keys`}>
        {keys.map(key => (
          <option key={key} value={key} />
        ))}
      </datalist>
      <button type="submit" className="button primary">
        {text.showColumns}
      </button>
    </form>
  );
}
