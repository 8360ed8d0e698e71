import { use, useSyncExternalStore } from 'react';
import { getSettings, subscribeSettings } from '../settings/settings-store.ts';
import type { Catalogs, Section } from './catalogs.ts';
import { loadText } from './load-text.ts';
import type { Locale } from './locales.ts';

/** The texts of one screen in the reader's language. Suspends until they have been loaded. */
export function useText<S extends Section>(section: S): Catalogs[S] {
  // Never around `use`: a component that is rendered again after waiting has to call the same hooks.
  return use(loadText(section, useLocale()));
}

/** The reader's language, as a BCP 47 tag that `Intl` understands. */
export function useLocale(): Locale {
  return useSyncExternalStore(subscribeSettings, () => getSettings().locale);
}
