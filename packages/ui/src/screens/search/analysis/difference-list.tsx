import type { Attribute, Difference } from '@tracekin/model';
import { useState } from 'react';
import { useNumberFormat } from '../../../format/use-number-format.ts';
import { useText } from '../../../i18n/use-text.ts';
import { Icon } from '../../../widgets/icon.tsx';
import { type Filter, filterText } from '../filter.ts';
import styles from './analysis.module.css';

export interface DifferenceListProps {
  readonly about: string;
  readonly how: string;
  /** Undefined while they are looked for. */
  readonly differences: readonly Difference[] | undefined;
  readonly onFilter: (filter: Filter) => void;
  readonly onClose: () => void;
  readonly children?: React.ReactNode;
}

const SHOWN = 8;

/** What a selection has more often than the rest, with both shares as bars and numbers; each can become a filter. */
export function DifferenceList(props: DifferenceListProps): React.ReactNode {
  const text = useText('analysis');
  const number = useNumberFormat();
  const { differences } = props;
  const [all, setAll] = useState(false);
  return (
    <section className={styles.diff} aria-label={text.whatTitle}>
      <div className={styles.diffHead}>
        <h2>{text.whatTitle}</h2>
        <span role="status">{differences === undefined ? text.loading : props.about}</span>
        <span className="muted">{props.how}</span>
        <button type="button" className="button quiet icon" aria-label={text.close} onClick={props.onClose}>
          <Icon name="close" />
        </button>
      </div>
      {props.children}
      {differences?.length === 0 && <p className="muted">{text.noDifference}</p>}
      {differences !== undefined && differences.length > 0 && (
        <table className={styles.diffs}>
          <colgroup>
            <col />
            <col className={styles.shareColumn} />
            <col className={styles.shareColumn} />
            <col className={styles.actionColumn} />
          </colgroup>
          <thead>
            <tr>
              <th scope="col">{text.attribute}</th>
              <th scope="col">{text.selectedShare}</th>
              <th scope="col">{text.restShare}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {differences.slice(0, all ? differences.length : SHOWN).map(difference => {
              const filter = attributeFilter(difference);
              const name = attributeName(difference, text.anyValue);
              return (
                <tr key={`${difference.field} ${name}`}>
                  <td title={name}>
                    <span className={styles.field}>{text.fields[difference.field]}</span>
                    {name}
                  </td>
                  <td>
                    <Share part={difference.selected} label={number(difference.selected, 'percent')} />
                  </td>
                  <td>
                    <Share rest part={difference.rest} label={number(difference.rest, 'percent')} />
                  </td>
                  <td>
                    {filter !== undefined && (
                      <button
                        type="button"
                        className="button quiet icon"
                        aria-label={text.filterFor(filterText(filter))}
                        title={text.filterFor(filterText(filter))}
                        onClick={() => props.onFilter(filter)}
                      >
                        <Icon name="search" />
                      </button>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      {differences !== undefined && differences.length > SHOWN && !all && (
        <button type="button" className="text-button" onClick={() => setAll(true)}>
          {text.facetMore(differences.length - SHOWN)}
        </button>
      )}
    </section>
  );
}

function Share({
  part,
  label,
  rest,
}: {
  readonly part: number;
  readonly label: string;
  readonly rest?: true;
}): React.ReactNode {
  return (
    <div className={styles.share} data-rest={rest}>
      <i style={{ inlineSize: `${part * 100}%` }} />
      {label}
    </div>
  );
}

function attributeName({ field, key, value }: Attribute, anyValue: string): string {
  return field === 'tag' ? `${key}${value === undefined ? `: ${anyValue}` : `=${value}`}` : (value ?? '');
}

/** Undefined where a search knows no such filter. Values are cut at 200 characters and then not exact. */
function attributeFilter({ field, key, value }: Attribute): Filter | undefined {
  switch (field) {
    case 'serviceName':
    case 'spanName':
    case 'remoteServiceName':
      return value === undefined ? undefined : { field, value };
    case 'error':
      return { field: 'word', value: 'error' };
    case 'tag':
      if (key === undefined) return undefined;
      // An empty value cannot be asked for, only the key.
      return value === undefined || value === '' || value.length >= 200
        ? { field: 'word', value: key }
        : { field: 'tag', key, value };
    case 'kind':
      return undefined;
    default:
      return field satisfies never;
  }
}
