import { lazy } from 'react';
import { loadText } from '../../i18n/load-text.ts';
import { getSettings } from '../../settings/settings-store.ts';

// What the first rows do not wait for.

const analysis = (): Promise<typeof import('./analysis/index.tsx')> =>
  Promise.all([import('./analysis/index.tsx'), loadText('analysis', getSettings().locale)]).then(([parts]) => parts);

export const HeatmapView = lazy(() => analysis().then(({ HeatmapView }) => ({ default: HeatmapView })));
export const Differences = lazy(() => analysis().then(({ Differences }) => ({ default: Differences })));
export const FacetList = lazy(() => analysis().then(({ FacetList }) => ({ default: FacetList })));
export const ColumnField = lazy(() => analysis().then(({ ColumnField }) => ({ default: ColumnField })));

export const LoadedDifferences = lazy(() =>
  analysis().then(({ LoadedDifferences }) => ({ default: LoadedDifferences })),
);
export const StartScreen = lazy(() =>
  import('../start/index.tsx').then(({ StartScreen }) => ({ default: StartScreen })),
);
