import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStorage, type OpenBatch } from '@tracekin/storage';
import { Tracer } from '@tracekin/tracer';
import { InMemoryReporter } from '@tracekin/tracer/testing';
import { traceStorage } from './traced-storage.ts';

const tracer = new Tracer({ serviceName: 'tracekin', reporter: new InMemoryReporter() });

test('what a storage can do beyond the contract it can do when it is traced', () => {
  const batch: OpenBatch = { add: () => {}, write: () => Promise.resolve(), spans: () => [], close: () => {} };
  const storage = Object.assign(new MemoryStorage(), { openBatch: () => batch });
  const traced = traceStorage(storage, tracer);
  assert.equal(traced.openBatch?.(), batch);
  assert.ok(traced.analysis !== undefined);
});

test('what it cannot do it cannot do either way', () => {
  assert.equal(traceStorage(new MemoryStorage(), tracer).openBatch, undefined);
});
