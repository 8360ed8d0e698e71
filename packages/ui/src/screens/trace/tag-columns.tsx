import { useEffect, useState } from 'react';
import { useText } from '../../i18n/use-text.ts';
import { unpackString } from '../../kernel/string-table.ts';
import { Icon } from '../../widgets/icon.tsx';
import styles from './panes.module.css';
import type { PageContext } from './trace-page.tsx';
import { columnsPatch } from './trace-state.ts';
import { useWorker } from './use-find.ts';

/** A tag as a column of the table. */
export interface ShownTag {
  readonly key: string;
  /** Empty where the row has no such tag. */
  readonly valueAt: (row: number) => string;
}

/** The tags that the address names, with their values as soon as the worker has told them. */
export function useTagColumns({ client, opened, state }: PageContext): readonly ShownTag[] {
  const wanted = state.columns.join('\n');
  const [tags, setTags] = useState<readonly ShownTag[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another trace has other values, though its worker is the same
  useEffect(() => {
    const keys = wanted === '' ? [] : wanted.split('\n');
    let live = true;
    void Promise.all(keys.map(key => client.call('tagColumn', [key]))).then(columns => {
      if (!live) return;
      setTags(
        columns.map(({ value, values }, i) => ({
          key: keys[i] as string,
          valueAt: row => unpackString(values, value[row] ?? -1),
        })),
      );
    });
    return () => {
      live = false;
    };
  }, [client, opened, wanted]);
  return tags;
}

/** Adds a tag to the table and takes it away again. */
export function ColumnTools({ context }: { readonly context: PageContext }): React.ReactNode {
  const text = useText('trace');
  const { client, opened, state, patch } = context;
  const keys = useWorker(() => client.call('tagKeys', []), [client, opened]) ?? [];
  const free = keys.filter(key => !state.columns.includes(key)).slice(0, 200);
  return (
    <>
      {free.length > 0 && (
        <label>
          <span className="visually-hidden">{text.table.addColumn}</span>
          <select
            value=""
            onChange={event => event.target.value !== '' && patch(columnsPatch([...state.columns, event.target.value]))}
          >
            <option value="">{text.table.addColumn}</option>
            {free.map(key => (
              <option key={key} value={key}>
                {key}
              </option>
            ))}
          </select>
        </label>
      )}
      {state.columns.map(key => (
        <button
          key={key}
          type="button"
          className={`button quiet ${styles.columnChip}`}
          aria-label={text.table.removeColumn(key)}
          title={text.table.removeColumn(key)}
          onClick={() => patch(columnsPatch(state.columns.filter(other => other !== key)))}
        >
          {key}
          <Icon name="close" />
        </button>
      ))}
    </>
  );
}
