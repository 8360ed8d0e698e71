import { Link } from '@tanstack/react-router';
import type { UiConfig } from '../../api/config.ts';
import { useTimeFormat } from '../../format/use-time-format.ts';
import { useText } from '../../i18n/use-text.ts';
import { Message } from '../../widgets/message.tsx';
import { type Filter, filterText } from './filter.ts';
import { useRangeName } from './range-name.ts';
import type { Search } from './search-url.ts';
import { LOOKBACKS, lookbackReaching, type TimeRange, type TimeWindow } from './time-range.ts';
import { useEmptyHint } from './use-empty-hint.ts';

export interface EmptyResultProps {
  readonly search: Search;
  readonly window: TimeWindow;
  readonly config: UiConfig;
  readonly onFilters: (filters: readonly Filter[]) => void;
  readonly onRange: (range: TimeRange) => void;
}

/** Why nothing was found, and the step that would find something. */
export function EmptyResult({ search, window, config, onFilters, onRange }: EmptyResultProps): React.ReactNode {
  const text = useText('search');
  const time = useTimeFormat();
  const { lookbackText } = useRangeName(search.range);
  const { filters } = search;
  const hint = useEmptyHint(filters, config, window.endTs);
  const now = Date.now();
  const widened = hint?.latestMs === undefined ? undefined : lookbackReaching(now - hint.latestMs + 1000);
  const latest = hint?.latestMs;
  return (
    <Message title={text.emptyTitle} text={<Reason />}>
      {widened !== undefined && (
        <button
          type="button"
          className="button primary"
          onClick={() => onRange({ kind: 'last', lookback: LOOKBACKS[widened] })}
        >
          {text.emptyWiden(lookbackText(LOOKBACKS[widened]))}
        </button>
      )}
      {latest !== undefined && (
        <button
          type="button"
          className="button"
          onClick={() =>
            onRange({ kind: 'range', startTs: Math.floor(latest) - 450_000, endTs: Math.ceil(latest) + 450_000 })
          }
        >
          {text.emptyAt}
        </button>
      )}
      {hint?.culprits.map(filter => (
        <button
          key={filterText(filter)}
          type="button"
          className="button"
          onClick={() => onFilters(filters.filter(other => other !== filter))}
        >
          {text.removeFilter(filterText(filter))}
        </button>
      ))}
      {filters.length > 0 && (
        <button type="button" className="button" onClick={() => onFilters([])}>
          {text.clearFilters}
        </button>
      )}
      {filters.length === 0 && hint !== undefined && latest === undefined && (
        <Link to="/start" className="button primary">
          {text.firstSteps}
        </Link>
      )}
    </Message>
  );

  function Reason(): React.ReactNode {
    if (hint === undefined) return text.emptyLooking;
    if (hint.latestMs !== undefined) return text.emptyLatest(time.relative(hint.latestMs, now));
    if (filters.length === 0) return text.emptyNoFilters;
    if (hint.culprits.length > 0) return `${text.emptyCulprits} ${hint.culprits.map(filterText).join(', ')}`;
    return filters.length > 1 ? text.emptyTogether : text.emptyNothing;
  }
}
