import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { facetsQuery } from '../../../api/analysis.ts';
import { useNumberFormat } from '../../../format/use-number-format.ts';
import { useText } from '../../../i18n/use-text.ts';
import { Icon } from '../../../widgets/icon.tsx';
import { apiParameters } from '../api-parameters.ts';
import { type Filter, filterText } from '../filter.ts';
import type { TimeWindow } from '../time-range.ts';
import styles from './analysis.module.css';

export interface FacetListProps {
  readonly filters: readonly Filter[];
  readonly window: TimeWindow;
  readonly onFilter: (filter: Filter) => void;
}

interface Value {
  readonly filter: Filter;
  readonly label: string;
  readonly spans: number;
  readonly errors?: number | undefined;
}

const SHOWN = 8;

/** What all spans of the search have, with how often; a click searches for it. Asked for only while it is open. */
export function FacetList({ filters, window, onFilter }: FacetListProps): React.ReactNode {
  const text = useText('analysis');
  const number = useNumberFormat();
  const [open, setOpen] = useState(() => matchMedia('(width >= 1200px)').matches);
  const { data, error } = useQuery({
    ...facetsQuery({ ...apiParameters(filters, window, 1), limit: undefined }),
    enabled: open,
  });
  return (
    <details className={styles.facet} open={open} onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>{text.facets}</summary>
      {error !== null && <p className="error-text">{error.message}</p>}
      {data === undefined && error === null && <p className="muted">{text.loading}</p>}
      {data !== undefined && (
        <>
          <p>
            {text.ofSpans(number(data.spans))}
            {data.errors > 0 && <span className="error-text"> · {number(data.errors)} </span>}
            {data.errors > 0 && <span className="error-text">{text.failedSpans}</span>}
          </p>
          <Values
            title={text.services}
            onFilter={onFilter}
            values={data.services.map(({ value, spans, errors }) => ({
              filter: { field: 'serviceName', value },
              label: value,
              spans,
              errors,
            }))}
          />
          <Values
            title={text.spanNames}
            onFilter={onFilter}
            values={data.spanNames.map(({ value, spans, errors }) => ({
              filter: { field: 'spanName', value },
              label: value,
              spans,
              errors,
            }))}
          />
          {data.sampled < data.spans && (
            <p className="muted">{text.sampledTags(number(data.sampled), number(data.spans))}</p>
          )}
          {data.tags.map(({ key, values }) => (
            <Values
              key={key}
              title={key}
              onFilter={onFilter}
              values={values.map(({ value, spans }) => ({
                filter: value === '' ? { field: 'word', value: key } : { field: 'tag', key, value },
                label: value,
                spans,
              }))}
            />
          ))}
        </>
      )}
    </details>
  );
}

function Values({
  title,
  values,
  onFilter,
}: {
  readonly title: string;
  readonly values: readonly Value[];
  readonly onFilter: (filter: Filter) => void;
}): React.ReactNode {
  const text = useText('analysis');
  const number = useNumberFormat();
  const [all, setAll] = useState(false);
  if (values.length === 0) return null;
  return (
    <>
      <p className={styles.facetTitle}>{title}</p>
      <ul aria-label={title}>
        {values.slice(0, all ? values.length : SHOWN).map(({ filter, label, spans, errors = 0 }) => (
          <li key={label}>
            <button type="button" title={text.filterFor(filterText(filter))} onClick={() => onFilter(filter)}>
              <span>{label === '' ? '""' : label}</span>
              {errors > 0 && (
                <span className={styles.failed} title={`${number(errors)} ${text.failedSpans}`}>
                  <Icon name="warning" />
                  {number(errors)}
                </span>
              )}
              <span className={styles.count}>{number(spans)}</span>
            </button>
          </li>
        ))}
        {values.length > SHOWN && !all && (
          <li>
            <button type="button" onClick={() => setAll(true)}>
              <span className="muted">{text.facetMore(values.length - SHOWN)}</span>
            </button>
          </li>
        )}
      </ul>
    </>
  );
}
