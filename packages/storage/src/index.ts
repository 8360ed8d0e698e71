export * from './analysis/in-scope.ts';
export * from './analysis/span-analysis.ts';
export * from './matches-span.ts';
export * from './memory-storage.ts';
export * from './parse-trace-query.ts';
export * from './storage.ts';
export * from './trace-query.ts';
