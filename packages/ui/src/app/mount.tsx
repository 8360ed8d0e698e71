import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode, startTransition } from 'react';
import { createRoot } from 'react-dom/client';
import type { UiConfig } from '../api/config.ts';
import { queryClient } from '../api/query-client.ts';
import { CONFIG_QUERY } from '../api/use-config.ts';
import { nextTask } from './next-task.ts';
import { router } from './router.ts';
import { warmUp } from './warm-up.ts';

/** Ready when the first screen can be drawn without waiting. @param config on its way; a failure leaves Zipkin's defaults */
export async function prepare(config: Promise<UiConfig>): Promise<void> {
  const loaded = router.load();
  await nextTask();
  const asked = queryClient.prefetchQuery({ ...CONFIG_QUERY, queryFn: () => config, retry: false });
  await Promise.all([loaded, asked, warmUp()]);
}

/** Draws the application. As a transition, which React does in slices of 5 ms; otherwise it would be one long task. */
export function mount(host: HTMLElement): void {
  const root = createRoot(host);
  startTransition(() =>
    root.render(
      <StrictMode>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </StrictMode>,
    ),
  );
}
