import type { analysis } from './en/analysis.ts';
import type { app } from './en/app.ts';
import type { map } from './en/map.ts';
import type { search } from './en/search.ts';
import type { start } from './en/start.ts';
import type { trace } from './en/trace.ts';
import type { Locale } from './locales.ts';

/** English is the reference: a key that another language lacks does not compile. */
export interface Catalogs {
  readonly app: typeof app;
  readonly search: typeof search;
  readonly analysis: typeof analysis;
  readonly map: typeof map;
  readonly start: typeof start;
  readonly trace: typeof trace;
}

export type Section = keyof Catalogs;

type Loaders = { readonly [S in Section]: () => Promise<Pick<Catalogs, S>> };

/** One chunk per language and screen. */
export const CATALOGS: Readonly<Record<Locale, Loaders>> = {
  en: {
    app: () => import('./en/app.ts'),
    search: () => import('./en/search.ts'),
    analysis: () => import('./en/analysis.ts'),
    map: () => import('./en/map.ts'),
    start: () => import('./en/start.ts'),
    trace: () => import('./en/trace.ts'),
  },
  es: {
    app: () => import('./es/app.ts'),
    search: () => import('./es/search.ts'),
    analysis: () => import('./es/analysis.ts'),
    map: () => import('./es/map.ts'),
    start: () => import('./es/start.ts'),
    trace: () => import('./es/trace.ts'),
  },
  fr: {
    app: () => import('./fr/app.ts'),
    search: () => import('./fr/search.ts'),
    analysis: () => import('./fr/analysis.ts'),
    map: () => import('./fr/map.ts'),
    start: () => import('./fr/start.ts'),
    trace: () => import('./fr/trace.ts'),
  },
  'zh-Hans': {
    app: () => import('./zh-Hans/app.ts'),
    search: () => import('./zh-Hans/search.ts'),
    analysis: () => import('./zh-Hans/analysis.ts'),
    map: () => import('./zh-Hans/map.ts'),
    start: () => import('./zh-Hans/start.ts'),
    trace: () => import('./zh-Hans/trace.ts'),
  },
};
