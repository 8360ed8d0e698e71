import { createRouter } from '@tanstack/react-router';
import { basePath } from '../api/base-url.ts';
import { applyLinkedSettings } from '../settings/settings-store.ts';
import { routeTree } from './routes.tsx';
import { parseSearch, stringifySearch } from './search-params.ts';

export const router = createRouter({
  routeTree,
  basepath: basePath(),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultPendingMs: 150,
  scrollRestoration: true,
});

router.subscribe('onBeforeNavigate', ({ toLocation }) =>
  applyLinkedSettings(new URLSearchParams(toLocation.searchStr)),
);

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
