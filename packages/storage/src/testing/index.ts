export * from './assert-same-spans.ts';
export * from './random-traces.ts';
export type { StorageCase, StorageTest } from './storage-case.ts';
export * from './storage-fixtures.ts';
export { type StorageUnderTest, testStorage } from './test-storage.ts';
