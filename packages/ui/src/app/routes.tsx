import { createRootRoute, createRoute, lazyRouteComponent, redirect, retainSearchParams } from '@tanstack/react-router';
import type { Section } from '../i18n/catalogs.ts';
import { loadText } from '../i18n/load-text.ts';
import { getSettings } from '../settings/settings-store.ts';
import { NotFound } from './not-found.tsx';
import { ScreenError } from './screen-error.tsx';
import type { SearchParams } from './search-params.ts';
import { Shell } from './shell.tsx';

/** Parameters that belong to the reader's way of looking, not to a screen: they survive every link. */
export const KEPT_PARAMETERS = ['embed', 'embedHide', 'theme', 'lang', 'tz', 'density'] as const;

const rootRoute = createRootRoute({
  validateSearch: (search: Record<string, unknown>) => search as SearchParams,
  search: { middlewares: [retainSearchParams([...KEPT_PARAMETERS])] },
  component: Shell,
  notFoundComponent: NotFound,
  errorComponent: ScreenError,
});

const text = (section: Section) => () => loadText(section, getSettings().locale).then(() => null);

const searchRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  loader: text('search'),
  component: lazyRouteComponent(() => import('../screens/search/index.tsx'), 'SearchScreen'),
});

const traceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/traces/$traceId',
  loader: text('trace'),
  component: lazyRouteComponent(() => import('../screens/trace/index.tsx'), 'TraceScreen'),
});

/** Lens' page for opening a file. The trace screen shows it when there is no trace id. */
const viewerRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/traceViewer',
  loader: text('trace'),
  component: lazyRouteComponent(() => import('../screens/trace/index.tsx'), 'TraceScreen'),
});

/** `/compare/{a}...{b}` */
const compareRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/compare/$pair',
  loader: text('trace'),
  component: lazyRouteComponent(() => import('../screens/compare/index.tsx'), 'CompareScreen'),
});

const mapRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/dependency',
  loader: text('map'),
  component: lazyRouteComponent(() => import('../screens/map/index.tsx'), 'MapScreen'),
});

const servicesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/services',
  loader: () => Promise.all([text('analysis')(), text('search')()]),
  component: lazyRouteComponent(() => import('../screens/services/index.tsx'), 'ServicesScreen'),
});

const serviceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/services/$name',
  loader: () => Promise.all([text('analysis')(), text('search')()]),
  component: lazyRouteComponent(() => import('../screens/services/index.tsx'), 'ServiceScreen'),
});

const startRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/start',
  loader: text('start'),
  component: lazyRouteComponent(() => import('../screens/start/index.tsx'), 'StartScreen'),
});

const helpRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/help',
  component: lazyRouteComponent(() => import('../screens/help/index.tsx'), 'HelpScreen'),
});

const indexRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/index.html',
  beforeLoad: () => {
    throw redirect({ to: '/', search: true });
  },
});

export const routeTree = rootRoute.addChildren([
  searchRoute,
  traceRoute,
  viewerRoute,
  compareRoute,
  mapRoute,
  servicesRoute,
  serviceRoute,
  startRoute,
  helpRoute,
  indexRoute,
]);
