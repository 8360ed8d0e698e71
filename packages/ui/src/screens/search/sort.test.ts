import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TraceSummary } from '@tracekin/model';
import { resultStats } from './result-stats.ts';
import { readSort, type Sort, sortTraces } from './sort.ts';

const row = (
  traceId: string,
  timestamp: number | undefined,
  duration: number | undefined,
  spanCount: number,
  errorCount: number,
): TraceSummary => ({
  traceId,
  timestamp,
  duration,
  spanCount,
  reportedSpanCount: spanCount,
  errorCount,
  services: [{ serviceName: errorCount > 0 ? 'bad' : 'good', spanCount, errorCount }],
  thumbnail: [],
});
const rows = [
  row('a', 3, 10, 5, 0),
  row('b', 1, 30, 9, 2),
  row('c', undefined, undefined, 1, 0),
  row('d', 3, 20, 5, 1),
];

describe('sorting results', () => {
  const orders: readonly (readonly [Sort, string])[] = [
    ['newest', 'adbc'],
    ['oldest', 'cbad'],
    ['longest', 'bdac'],
    ['shortest', 'cadb'],
    ['spans', 'badc'],
    ['errors', 'bdac'],
  ];
  for (const [sort, order] of orders) {
    it(`puts the ${sort} first, and the newest of equals`, () => {
      assert.equal(
        sortTraces(rows, sort)
          .map(({ traceId }) => traceId)
          .join(''),
        order,
      );
    });
  }

  it('ignores a word that is no order', () => {
    assert.equal(readSort('fastest'), undefined);
    assert.equal(readSort('longest'), 'longest');
  });
});

describe('figures over the results', () => {
  it('counts percentiles by nearest rank, failures and services', () => {
    const stats = resultStats(rows);
    assert.deepEqual([stats.count, stats.p50, stats.p95, stats.longest, stats.failed], [4, 10, 30, 30, 2]);
    assert.deepEqual(stats.services, [
      { name: 'bad', traces: 2, failed: 2 },
      { name: 'good', traces: 2, failed: 0 },
    ]);
  });

  it('is all zeros for no traces', () => {
    const { count, p50, p95, longest } = resultStats([]);
    assert.deepEqual([count, p50, p95, longest], [0, 0, 0, 0]);
  });
});
