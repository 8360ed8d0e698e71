import { useSyncExternalStore } from 'react';
import type { Settings } from './settings.ts';
import { getSettings, subscribeSettings } from './settings-store.ts';

/** The settings in force; re-renders when any of them changes. */
export function useSettings(): Settings {
  return useSyncExternalStore(subscribeSettings, getSettings);
}
