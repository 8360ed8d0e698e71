import type { app as english } from '../en/app.ts';

export const app: typeof english = { skipToContent: 'Skip to content', offline: 'You are offline.', notFoundTitle: 'Not found', notFoundText: '', traces: 'Traces', map: 'Map', crashTitle: 'Broken', crashText: '', tryAgain: 'Try again', reload: 'Reload' };
