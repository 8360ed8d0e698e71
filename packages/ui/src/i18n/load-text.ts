import { CATALOGS, type Catalogs, type Section } from './catalogs.ts';
import type { Locale } from './locales.ts';

const loading = new Map<string, Promise<unknown>>();

/** Loads the texts of one screen in one language; repeated calls share the work. Rejects when the file cannot be had. */
export function loadText<S extends Section>(section: S, locale: Locale): Promise<Catalogs[S]> {
  const key = `${locale}/${section}`;
  let promise = loading.get(key);
  if (promise === undefined) {
    promise = CATALOGS[locale][section]().then(
      module => module[section],
      (error: unknown) => {
        loading.delete(key);
        throw error;
      },
    );
    // What React itself notes on a promise that it has waited for: a text that is there does not suspend for a moment.
    void promise.then(
      value => Object.assign(promise!, { status: 'fulfilled', value }),
      () => undefined,
    );
    loading.set(key, promise);
  }
  return promise as Promise<Catalogs[S]>;
}
