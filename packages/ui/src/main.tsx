import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/query-client.ts';
import { CONFIG_QUERY } from './api/use-config.ts';
import { router } from './app/router.ts';
import { loadText } from './i18n/use-text.ts';
import { applySettingsToDocument } from './settings/apply-settings.ts';
import { applyLinkedSettings, getSettings } from './settings/settings-store.ts';
import './theme/index.css';

applyLinkedSettings(new URLSearchParams(location.search));
applySettingsToDocument();

// Nothing is drawn before the texts and the configuration are here: no flash of a wrong language, no layout shift. The
// screen's own code and texts come at the same time.
await Promise.all([
  router.load(),
  loadText('app', getSettings().locale),
  queryClient.prefetchQuery({ ...CONFIG_QUERY, retry: false }),
]);

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
