import { matchLocale } from '../i18n/locales.ts';
import { DEFAULT_SETTINGS, linkedSettings, readSettings, type SettingName, type Settings } from './settings.ts';

const KEY = 'tracekin.settings';
/** Where Zipkin's Lens keeps its theme; read when the reader has not chosen one here. */
const LENS_THEME_KEY = 'zipkinThemeOverride';

const listeners = new Set<() => void>();
let saved: Partial<Settings> = readSaved();
let linked: Partial<Settings> = {};
let current: Settings = resolve();

/** Address before saved choice before the browser's own preference. The object is the same until something changes. */
export function getSettings(): Settings {
  return current;
}

/** Saves a choice of the reader; it also ends what a link had set for this name. */
export function saveSetting<N extends SettingName>(name: N, value: Settings[N]): void {
  saved = { ...readSaved(), [name]: value };
  const { [name]: _, ...rest } = linked;
  linked = rest;
  try {
    localStorage.setItem(KEY, JSON.stringify(saved));
  } catch {
    // Storage is blocked or full: the choice lives as long as the page.
  }
  update();
}

/** Takes the settings that the address carries. Called at the start and on every navigation. */
export function applyLinkedSettings(search: URLSearchParams): void {
  const next = linkedSettings(search);
  if (JSON.stringify(next) === JSON.stringify(linked)) return;
  linked = next;
  update();
}

/** Names that the address decides at the moment. */
export function linkedNames(): readonly SettingName[] {
  return Object.keys(linked) as SettingName[];
}

export function subscribeSettings(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function update(): void {
  current = resolve();
  for (const listener of listeners) listener();
}

function resolve(): Settings {
  const wished = (globalThis.navigator?.languages ?? []).map(matchLocale).find(locale => locale !== undefined);
  return { ...DEFAULT_SETTINGS, ...(wished !== undefined && { locale: wished }), ...saved, ...linked };
}

function readSaved(): Partial<Settings> {
  try {
    const settings = readSettings(JSON.parse(localStorage.getItem(KEY) ?? '{}'));
    return settings.theme === undefined
      ? { ...readSettings({ theme: localStorage.getItem(LENS_THEME_KEY) }), ...settings }
      : settings;
  } catch {
    return {};
  }
}
