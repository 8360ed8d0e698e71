import assert from 'node:assert/strict';
import { test } from 'node:test';
import { criteria, newestTraces } from './search-query.ts';

test('every criterion is a filter on the same document', () => {
  const clauses = criteria({
    serviceName: 'frontend',
    spanName: 'get',
    remoteServiceName: 'backend',
    tags: [['error', 'timeout']],
    annotations: ['retry'],
    minDuration: 10,
    maxDuration: 20,
    endTs: 5000,
    lookback: 1000,
    limit: 7,
  });
  assert.deepEqual(clauses, [
    { range: { timestamp_millis: { gte: 4000, lte: 5000 } } },
    { term: { 'localEndpoint.serviceName': 'frontend' } },
    { term: { 'remoteEndpoint.serviceName': 'backend' } },
    { term: { name: 'get' } },
    { term: { _q: 'error=timeout' } },
    { term: { _q: 'retry' } },
    { range: { duration: { gte: 10, lte: 20 } } },
  ]);
});

test('a search without criteria is a window of time', () => {
  assert.deepEqual(criteria({ tags: [], annotations: [], endTs: 5000, lookback: 5000, limit: 1 }), [
    { range: { timestamp_millis: { gte: 0, lte: 5000 } } },
  ]);
});

test('traces are asked for newest first, as many as wanted', () => {
  const body = newestTraces({ tags: [], annotations: [], endTs: 1, lookback: 1, limit: 1 }, 20) as {
    size: number;
    aggs: { traces: { terms: object } };
  };
  assert.equal(body.size, 0);
  assert.deepEqual(body.aggs.traces.terms, { field: 'traceId', size: 20, order: { latest: 'desc' } });
});
