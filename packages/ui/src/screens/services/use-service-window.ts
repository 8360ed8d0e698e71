import { useMemo, useState } from 'react';
import { useConfig } from '../../api/use-config.ts';
import type { SearchParams } from '../../app/search-params.ts';
import { readSearch } from '../search/search-url.ts';
import { resolveRange, type TimeRange, type TimeWindow } from '../search/time-range.ts';

/** The time that the address asks for, in the words of a search. */
export function useServiceWindow(params: SearchParams): {
  readonly range: TimeRange;
  readonly window: TimeWindow;
  /** Ends now again. */
  readonly refresh: () => void;
} {
  const config = useConfig();
  const key = JSON.stringify(readSearch(params, config).range);
  const [now, setNow] = useState(Date.now);
  return useMemo(() => {
    const range = JSON.parse(key) as TimeRange;
    return { range, window: resolveRange(range, now), refresh: () => setNow(Date.now()) };
  }, [key, now]);
}
