import { useSyncExternalStore } from 'react';
import { getSettings, subscribeSettings } from '../settings/settings-store.ts';
import { type CanvasColors, forcedColors, readCanvasColors } from './canvas-colors.ts';

const scheme = matchMedia('(prefers-color-scheme: dark)');
let cached: { readonly key: string; readonly colors: CanvasColors } | undefined;

function subscribe(listener: () => void): () => void {
  const stop = subscribeSettings(listener);
  const queries = [scheme, forcedColors];
  for (const query of queries) query.addEventListener('change', listener);
  return () => {
    stop();
    for (const query of queries) query.removeEventListener('change', listener);
  };
}

function snapshot(): CanvasColors {
  const key = `${getSettings().theme} ${scheme.matches} ${forcedColors.matches}`;
  if (cached?.key !== key) cached = { key, colors: readCanvasColors() };
  return cached.colors;
}

/** The colours for drawing on a canvas; a new object when the theme changes, so that it can be an effect's dependency. */
export function useCanvasColors(): CanvasColors {
  return useSyncExternalStore(subscribe, snapshot);
}
