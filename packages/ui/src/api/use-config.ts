import { useQuery } from '@tanstack/react-query';
import { fetchConfig, readConfig, type UiConfig } from './config.ts';

export const CONFIG_QUERY = { queryKey: ['config'], queryFn: fetchConfig, staleTime: 600_000 } as const;

const DEFAULTS = readConfig(undefined);

/** The server's `config.json`. It is fetched before anything is drawn; when that failed, Zipkin's defaults apply. */
export function useConfig(): UiConfig {
  return useQuery(CONFIG_QUERY).data ?? DEFAULTS;
}
