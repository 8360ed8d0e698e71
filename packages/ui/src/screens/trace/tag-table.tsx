import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useText } from '../../i18n/use-text.ts';
import { CopyButton } from '../../widgets/copy-button.tsx';
import { Icon } from '../../widgets/icon.tsx';
import styles from './detail.module.css';
import type { PageContext } from './trace-page.tsx';
import { columnsPatch } from './trace-state.ts';

/** Below this many tags a filter would only take room. */
const FILTER_FROM = 12;

/** Tags with what can be done with each: copy, search other traces by it, find it in this one. */
export function TagTable({
  tags,
  otherTags,
  service,
  context,
}: {
  readonly tags: readonly (readonly [key: string, value: string])[];
  /** Of the span beside it, if there is one. */
  readonly otherTags: ReadonlyMap<string, string> | undefined;
  readonly service: string;
  readonly context: PageContext;
}): React.ReactNode {
  const text = useText('trace');
  const [filter, setFilter] = useState('');
  if (tags.length === 0) return <p className="muted">{text.detail.noTags}</p>;
  const wanted = filter.toLowerCase();
  const shown = tags.filter(
    ([key, value]) => wanted === '' || key.toLowerCase().includes(wanted) || value.toLowerCase().includes(wanted),
  );
  return (
    <>
      {tags.length >= FILTER_FROM && (
        <input
          type="search"
          className={styles.filter}
          aria-label={text.detail.filterTags}
          placeholder={text.detail.filterTags}
          value={filter}
          onChange={event => setFilter(event.target.value)}
        />
      )}
      <table className={styles.tags}>
        <caption className="visually-hidden">{text.detail.tags}</caption>
        <tbody>
          {shown.map(([key, value]) => (
            <tr
              key={key}
              data-error={key === 'error' || undefined}
              data-differs={(otherTags !== undefined && otherTags.get(key) !== value) || undefined}
            >
              <th scope="row">
                {key}
                {otherTags !== undefined && otherTags.get(key) !== value && (
                  <span className={styles.differs}>
                    <span aria-hidden="true"> ≠</span>
                    <span className="visually-hidden"> {text.compare.changed}</span>
                  </span>
                )}
              </th>
              <td>
                <TagValue value={value} />
              </td>
              <td className={`${styles.tagActions} no-print`}>
                <CopyButton text={value} label={`${text.detail.copyValue}: ${key}`} iconOnly />
                <Link
                  to="/"
                  search={{
                    ...(service !== '' && { serviceName: service }),
                    annotationQuery: value === '' ? key : `${key}=${value}`,
                  }}
                  className="button quiet icon"
                  aria-label={`${text.detail.searchByTag}: ${key}`}
                  title={text.detail.searchByTag}
                >
                  <Icon name="search" />
                </Link>
                <button
                  type="button"
                  className="button quiet icon"
                  aria-label={`${text.detail.findTag}: ${key}`}
                  title={text.detail.findTag}
                  onClick={() => context.patch({ find: findText(key, value) })}
                >
                  <Icon name="filter" />
                </button>
                <button
                  type="button"
                  className="button quiet icon"
                  aria-label={`${text.detail.addColumn}: ${key}`}
                  title={text.detail.addColumn}
                  onClick={() =>
                    context.patch({
                      ...columnsPatch([...context.state.columns.filter(other => other !== key), key]),
                      view: 'table',
                    })
                  }
                >
                  <Icon name="columns" />
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** As the find box reads it: quoted when it holds spaces. */
function findText(key: string, value: string): string {
  const text = `${key}=${value.replaceAll('"', '')}`;
  return text.includes(' ') ? `"${key}"="${value.replaceAll('"', '')}"` : text;
}

/** Links become links, JSON is indented, the rest is text. */
function TagValue({ value }: { readonly value: string }): React.ReactNode {
  if (/^https?:\/\/[^\s]+$/.test(value)) {
    return (
      <a href={value} target="_blank" rel="noreferrer">
        {value}
      </a>
    );
  }
  const json = indentedJson(value);
  if (json !== undefined) return <pre className={styles.json}>{json}</pre>;
  if (value.includes('\n')) return <pre className={styles.json}>{value}</pre>;
  return value;
}

function indentedJson(value: string): string | undefined {
  if (!/^\s*[[{]/.test(value) || value.length > 100_000) return undefined;
  try {
    return JSON.stringify(JSON.parse(value), undefined, 2);
  } catch {
    return undefined;
  }
}
