import { LOCALES, type Locale, matchLocale } from '../i18n/locales.ts';

export const THEMES = ['system', 'light', 'dark', 'contrast'] as const;
export type Theme = (typeof THEMES)[number];

export const DENSITIES = ['compact', 'comfortable'] as const;
export type Density = (typeof DENSITIES)[number];

/** What a reader can choose. Kept in the browser, overridden by the address of the page (`?theme=dark&lang=fr&tz=UTC`). */
export interface Settings {
  readonly theme: Theme;
  readonly density: Density;
  readonly locale: Locale;
  /** `local`, `UTC` or an IANA name such as `Europe/Paris`. */
  readonly timeZone: string;
  /** Single-key shortcuts; WCAG 2.1.4 wants a way to turn them off. */
  readonly shortcuts: boolean;
  /** Order of the search results. */
  readonly sort: string;
  /** Start times as `12 s ago` or as a date. */
  readonly absoluteTime: boolean;
  /** The plot above the search results. */
  readonly plot: boolean;
}

export type SettingName = keyof Settings;

export const DEFAULT_SETTINGS: Settings = {
  theme: 'system',
  density: 'compact',
  locale: 'en',
  timeZone: 'local',
  shortcuts: true,
  sort: 'newest',
  absoluteTime: false,
  plot: true,
};

/** Keeps what is valid of a saved or linked setting and drops the rest without a word: both are edited by others. */
export function readSettings(saved: unknown): Partial<Settings> {
  if (typeof saved !== 'object' || saved === null) return {};
  const { theme, density, locale, timeZone, shortcuts, sort, absoluteTime, plot } = saved as Record<string, unknown>;
  return {
    ...(isOneOf(THEMES, theme) && { theme }),
    ...(isOneOf(DENSITIES, density) && { density }),
    ...(isOneOf(LOCALES, locale) && { locale }),
    ...(typeof timeZone === 'string' && isTimeZone(timeZone) && { timeZone }),
    ...(typeof shortcuts === 'boolean' && { shortcuts }),
    ...(typeof sort === 'string' && { sort }),
    ...(typeof absoluteTime === 'boolean' && { absoluteTime }),
    ...(typeof plot === 'boolean' && { plot }),
  };
}

/** Settings that a link may carry. They hold for this page only and never overwrite what the reader saved. */
export function linkedSettings(search: URLSearchParams): Partial<Settings> {
  const lang = search.get('lang');
  const locale = lang === null ? undefined : matchLocale(lang);
  return readSettings({
    theme: search.get('theme'),
    density: search.get('density'),
    timeZone: search.get('tz'),
    locale,
  });
}

export function isTimeZone(name: string): boolean {
  if (name === 'local' || name === 'UTC') return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name !== '';
  } catch {
    return false;
  }
}

function isOneOf<T extends string>(values: readonly T[], value: unknown): value is T {
  return (values as readonly unknown[]).includes(value);
}
