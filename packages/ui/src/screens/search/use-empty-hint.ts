import { useQuery } from '@tanstack/react-query';
import type { UiConfig } from '../../api/config.ts';
import { fetchSummaries } from '../../api/summaries.ts';
import { apiParameters } from './api-parameters.ts';
import type { Filter } from './filter.ts';
import { LOOKBACKS } from './time-range.ts';

/** What could help when a search found nothing. */
export interface EmptyHint {
  /** Start of the newest trace of the last 7 days that matches, in milliseconds since the epoch. */
  readonly latestMs?: number;
  /** Filters that match nothing in the last 7 days even alone. */
  readonly culprits: readonly Filter[];
}

const MOST_TRIED = 6;

/** Asks a few searches for one trace each; they work on any Zipkin server. Undefined while they run or when they fail. */
export function useEmptyHint(filters: readonly Filter[], config: UiConfig, endTs: number): EmptyHint | undefined {
  const { data } = useQuery({
    queryKey: ['empty', filters, endTs],
    queryFn: async ({ signal }): Promise<EmptyHint> => {
      const latest = async (some: readonly Filter[]): Promise<number | undefined> => {
        const end = Date.now();
        const [trace] = await fetchSummaries(
          config,
          apiParameters(some, { startTs: end - LOOKBACKS['7d'], endTs: end }, 1),
          signal,
        );
        return trace === undefined ? undefined : (trace.timestamp ?? 0) / 1000;
      };
      const latestMs = await latest(filters);
      if (latestMs !== undefined) return { latestMs, culprits: [] };
      if (filters.length < 2) return { culprits: [] };
      const tried = filters.slice(0, MOST_TRIED);
      const found = await Promise.all(tried.map(filter => latest([filter])));
      return { culprits: tried.filter((_, index) => found[index] === undefined) };
    },
    retry: false,
  });
  return data;
}
