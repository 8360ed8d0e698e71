import { getSettings, subscribeSettings } from './settings-store.ts';

/** Keeps the attributes of `<html>` in step: all colours and sizes hang on them in CSS, so nothing needs to re-render. */
export function applySettingsToDocument(): void {
  const apply = (): void => {
    const { theme, density, locale } = getSettings();
    const root = document.documentElement;
    root.lang = locale;
    root.dataset['density'] = density;
    if (theme === 'system') delete root.dataset['theme'];
    else root.dataset['theme'] = theme;
  };
  apply();
  subscribeSettings(apply);
}
