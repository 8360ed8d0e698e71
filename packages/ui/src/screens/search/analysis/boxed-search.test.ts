import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Search } from '../search-url.ts';
import { boxedSearch, partParameters } from './boxed-search.ts';

const search: Search = {
  filters: [
    { field: 'serviceName', value: 'pay' },
    { field: 'minDuration', micros: 500 },
  ],
  range: { kind: 'last', lookback: 60_000 },
  limit: 10,
};
const box = { fromTime: 1_000_000_500, toTime: 1_002_000_000, fromDuration: 100, toDuration: 900 };

describe('the traces of a box', () => {
  it('are a search with its times and the narrower of the durations', () => {
    assert.deepEqual(boxedSearch(search, box, false), {
      filters: [
        { field: 'serviceName', value: 'pay' },
        { field: 'minDuration', micros: 500 },
        { field: 'maxDuration', micros: 900 },
      ],
      range: { kind: 'range', startTs: 1_000_000, endTs: 1_002_000 },
      limit: 10,
    });
    const open = boxedSearch(search, { ...box, fromDuration: 0, toDuration: Number.POSITIVE_INFINITY }, false);
    assert.deepEqual(open.filters, search.filters);
  });

  it('are the search itself without a box, or those with an error', () => {
    assert.equal(boxedSearch(search, undefined, false), search);
    assert.deepEqual(boxedSearch(search, undefined, true).filters.at(-1), { field: 'word', value: 'error' });
  });

  it('are a part of all spans for the server', () => {
    assert.deepEqual(partParameters(undefined), { error: 'true' });
    assert.deepEqual(partParameters({ ...box, toDuration: Number.POSITIVE_INFINITY }), {
      fromTimestamp: 1_000_000_500,
      toTimestamp: 1_002_000_000,
      fromDuration: 100,
      toDuration: undefined,
    });
  });
});
