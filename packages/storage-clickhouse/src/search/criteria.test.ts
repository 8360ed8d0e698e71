import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInWindow, type TraceQuery } from '@tracekin/storage';
import fc from 'fast-check';
import { Bindings, searchTerms, spanConditions, windowOf } from './criteria.ts';

const QUERY: TraceQuery = { tags: [], annotations: [], endTs: 1_790_000_000_000, lookback: 60_000, limit: 10 };

test('a window in microseconds holds what a window in milliseconds does', () => {
  const numbers = { endTs: fc.integer({ min: 1, max: 5_000 }), lookback: fc.integer({ min: 1, max: 6_000 }) };
  fc.assert(
    fc.property(fc.record(numbers), fc.integer({ min: 1, max: 5_001_000 }), (window, timestamp) => {
      const { fromMicros, toMicros } = windowOf(window);
      assert.equal(timestamp >= fromMicros && timestamp <= toMicros, isInWindow(window, timestamp));
    }),
  );
});

test('a search without criteria has no conditions and no terms', () => {
  assert.deepEqual(spanConditions(QUERY, new Bindings()), { early: [], exact: [] });
  assert.deepEqual(searchTerms(QUERY), []);
});

test('text of a query only travels as a parameter', () => {
  const hostile = `x'); DROP TABLE spans; --`;
  const bindings = new Bindings();
  const { early, exact } = spanConditions(
    { ...QUERY, serviceName: hostile, tags: [[hostile, hostile]], annotations: [hostile] },
    bindings,
  );
  assert.equal([...early, ...exact].join(' ').includes('DROP'), false);
  assert.equal(Object.values(bindings.parameters).filter(value => value.includes('DROP')).length, 5);
});

test('a service goes into one term with its span name or remote service', () => {
  const service = { ...QUERY, serviceName: 'front' };
  assert.equal(searchTerms(service).length, 1);
  assert.equal(searchTerms({ ...service, spanName: 'get' }).length, 1);
  assert.equal(searchTerms({ ...service, spanName: 'get', remoteServiceName: 'back' }).length, 2);
  assert.notDeepEqual(searchTerms({ ...service, spanName: 'get' }), searchTerms({ ...QUERY, spanName: 'get' }));
});
