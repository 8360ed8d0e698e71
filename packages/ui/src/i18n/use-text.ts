import { use, useSyncExternalStore } from 'react';
import { getSettings, subscribeSettings } from '../settings/settings-store.ts';
import { CATALOGS, type Catalogs, type Section } from './catalogs.ts';
import type { Locale } from './locales.ts';

const loaded = new Map<string, unknown>();
const loading = new Map<string, Promise<unknown>>();

/** Loads the texts of one screen in one language; repeated calls share the work. Rejects when the file cannot be had. */
export function loadText<S extends Section>(section: S, locale: Locale): Promise<Catalogs[S]> {
  const key = `${locale}/${section}`;
  let promise = loading.get(key);
  if (promise === undefined) {
    promise = CATALOGS[locale][section]().then(
      module => {
        loaded.set(key, module[section]);
        return module[section];
      },
      (error: unknown) => {
        loading.delete(key);
        throw error;
      },
    );
    loading.set(key, promise);
  }
  return promise as Promise<Catalogs[S]>;
}

/** The texts of one screen in the reader's language. Suspends until they have been loaded. */
export function useText<S extends Section>(section: S): Catalogs[S] {
  const locale = useLocale();
  const ready = loaded.get(`${locale}/${section}`);
  return ready === undefined ? use(loadText(section, locale)) : (ready as Catalogs[S]);
}

/** The reader's language, as a BCP 47 tag that `Intl` understands. */
export function useLocale(): Locale {
  return useSyncExternalStore(subscribeSettings, () => getSettings().locale);
}
