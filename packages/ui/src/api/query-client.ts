import { QueryClient } from '@tanstack/react-query';
import { RequestError } from './request.ts';

/** One cache for the whole UI. Answers of 4xx are final; everything else is tried twice more. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) =>
        !(error instanceof RequestError && error.status >= 400 && error.status < 500) && failures < 2,
      retryDelay: failures => 300 * 2 ** failures,
      refetchOnWindowFocus: false,
      // The browser's online flag is wrong behind VPNs and on loopback: ask, and show what happens.
      networkMode: 'always',
      staleTime: 30_000,
    },
    mutations: { networkMode: 'always' },
  },
});
