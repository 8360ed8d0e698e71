import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Span } from '@tracekin/model';
import { traceRows } from './trace-tree.ts';

const span = (id: number, parent?: number, timestamp = id): Span => ({
  traceId: '000000000000000a',
  id: id.toString(16).padStart(16, '0'),
  ...(parent !== undefined && { parentId: parent.toString(16).padStart(16, '0') }),
  timestamp,
  duration: 1,
});

test('no spans make no rows', () => {
  assert.deepEqual(traceRows([]), []);
});

test('siblings come by start, each followed by its own children', () => {
  const rows = traceRows([span(4, 2), span(3, 1, 2), span(2, 1, 9), span(1)]);
  assert.deepEqual(
    rows.map(row => [Number(row.span.id), row.depth, row.childCount]),
    [
      [1, 0, 2],
      [3, 1, 0],
      [2, 1, 1],
      [4, 2, 0],
    ],
  );
});

test('spans below a root that was not reported are at depth 0 and marked', () => {
  const rows = traceRows([span(3, 1), span(4, 2), span(5, 4)]);
  assert.deepEqual(
    rows.map(row => [Number(row.span.id), row.depth, row.detached]),
    [
      [3, 0, true],
      [4, 0, true],
      [5, 1, undefined],
    ],
  );
});

test('a chain of 50,000 spans has its depth', () => {
  const rows = traceRows(Array.from({ length: 50_000 }, (_, i) => span(i + 1, i === 0 ? undefined : i)));
  assert.equal(rows.at(-1)!.depth, 49_999);
});
