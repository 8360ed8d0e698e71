import { lazy } from 'react';

// What the first rows do not wait for.

export const HeatmapView = lazy(() =>
  import('./analysis/index.tsx').then(({ HeatmapView }) => ({ default: HeatmapView })),
);
export const Differences = lazy(() =>
  import('./analysis/index.tsx').then(({ Differences }) => ({ default: Differences })),
);
export const FacetList = lazy(() => import('./analysis/index.tsx').then(({ FacetList }) => ({ default: FacetList })));
export const ColumnField = lazy(() =>
  import('./analysis/index.tsx').then(({ ColumnField }) => ({ default: ColumnField })),
);

export const LoadedDifferences = lazy(() =>
  import('./analysis/index.tsx').then(({ LoadedDifferences }) => ({ default: LoadedDifferences })),
);
export const StartScreen = lazy(() =>
  import('../start/index.tsx').then(({ StartScreen }) => ({ default: StartScreen })),
);
