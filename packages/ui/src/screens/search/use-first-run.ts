import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { servicesQuery } from '../../api/names.ts';
import type { Search } from './search-url.ts';
import type { SearchResults } from './use-search-results.ts';

/** Whether nothing was ever received. When that ends, the search runs again. */
export function useFirstRun(search: Search, results: SearchResults): boolean {
  const { data: services } = useQuery(servicesQuery());
  const isFirstRun =
    services?.length === 0 &&
    search.filters.length === 0 &&
    !results.isLoading &&
    results.traces.length === 0 &&
    results.error === null;

  const firstRunEnded = useRef(false);
  if (isFirstRun) firstRunEnded.current = true;
  const { run } = results;
  useEffect(() => {
    if (!isFirstRun && firstRunEnded.current && (services?.length ?? 0) > 0) {
      firstRunEnded.current = false;
      run();
    }
  }, [isFirstRun, services, run]);
  return isFirstRun;
}
