export { type CollectorStats, type ExtendedApiOptions, extendedApi } from './extended-api.ts';
export { LiveHub } from './live/live-hub.ts';
export { openApiDocument } from './openapi.ts';
export { type QueryApiOptions, queryApi } from './query-api.ts';
export type { QuerySettings } from './query-settings.ts';
export { type TreeRow, traceRows } from './trace-tree.ts';
