import { createRouter } from '@tanstack/react-router';
import { basePath } from '../api/base-url.ts';
import { applyLinkedSettings } from '../settings/settings-store.ts';
import { noteNavigation } from './last-navigation.ts';
import { routeTree } from './routes.tsx';
import { ScreenError } from './screen-error.tsx';
import { parseSearch, stringifySearch } from './search-params.ts';

export const router = createRouter({
  routeTree,
  basepath: basePath(),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultPendingMs: 150,
  // Inside the shell: a screen that fails leaves the way to the others.
  defaultErrorComponent: ScreenError,
  scrollRestoration: true,
});

router.history.subscribe(({ action }) => noteNavigation(action.type));
router.subscribe('onBeforeNavigate', ({ toLocation }) =>
  applyLinkedSettings(new URLSearchParams(toLocation.searchStr)),
);

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
