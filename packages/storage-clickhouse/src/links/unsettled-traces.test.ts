import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Span } from '@tracekin/model';
import { BatchEncoder } from '../write/batch-encoder.ts';
import type { BatchLinkRows } from './batch-link-rows.ts';
import { KnownTraces } from './known-traces.ts';
import { gatherRows, RecentRows } from './recent-rows.ts';
import { type UnsettledTrace, UnsettledTraces } from './unsettled-traces.ts';

const encoder = new BatchEncoder({ searchEnabled: true, autocompleteKeys: [] });
const T0 = 1_790_000_000_000_000;

function span(trace: number, id: number, over: Partial<Span> = {}): Span {
  const hex = (value: number): string => value.toString(16).padStart(16, '0');
  return { traceId: hex(trace), id: hex(id), localEndpoint: { serviceName: `s${id % 3}` }, timestamp: T0, ...over };
}

function rowsOf(...spans: readonly Span[]): BatchLinkRows {
  for (const one of spans) encoder.add(one);
  return encoder.finish(T0 / 1000).links;
}

function open(mostBytes?: number): UnsettledTraces {
  const traces = new UnsettledTraces(new KnownTraces(16), new RecentRows(mostBytes));
  traces.allKnown = true;
  return traces;
}

const touch = (traces: UnsettledTraces, seq: number, rows: BatchLinkRows, kept = true): void =>
  traces.touch('a', seq, rows.traceWords, seq, kept ? rows : undefined);
const byLow = (traces: UnsettledTraces, trace: number): UnsettledTrace =>
  [...traces.values()].find(({ low }) => Number.parseInt(low, 16) === trace)!;
const idsOf = (trace: UnsettledTrace): number[] => {
  const { count, ids } = gatherRows([trace.rows!]);
  return Array.from({ length: count }, (_, row) => ids[row * 2]!).sort((a, b) => a - b);
};

test('rows of a new trace are kept over batches and buckets, with or without a timestamp', () => {
  const traces = open();
  touch(traces, 1, rowsOf(span(1, 1), span(2, 2), span(1, 3, { timestamp: T0 + 60_000_000 }), span(1, 4)));
  touch(traces, 2, rowsOf(span(3, 6), span(1, 5, { timestamp: undefined })));
  assert.deepEqual(idsOf(byLow(traces, 1)), [1, 3, 4, 5]);
  assert.deepEqual(idsOf(byLow(traces, 2)), [2]);
  const { names, services } = gatherRows([byLow(traces, 3).rows!, byLow(traces, 2).rows!]);
  assert.deepEqual(
    Array.from(services, service => names[service]),
    ['s0', 's2'],
  );
});

test('a trace is read back when it was settled before, when not all of its spans came with rows, and before all is known', () => {
  const traces = open();
  touch(traces, 1, rowsOf(span(1, 1), span(2, 2)));
  traces.settled(byLow(traces, 1), 1, 5);
  touch(traces, 2, rowsOf(span(1, 3)));
  assert.equal(byLow(traces, 1).rows, undefined, 'settled before');
  touch(traces, 3, rowsOf(span(2, 4)), false);
  assert.equal(byLow(traces, 2).rows, undefined, 'came without rows');
  touch(traces, 4, rowsOf(span(2, 5)));
  assert.equal(byLow(traces, 2).rows, undefined, 'stays so');

  traces.allKnown = false;
  touch(traces, 5, rowsOf(span(7, 1)));
  assert.equal(byLow(traces, 7).rows, undefined);
  traces.allKnown = true;
  touch(traces, 6, rowsOf(span(7, 2)));
  assert.equal(byLow(traces, 7).rows, undefined);
});

test('a trace that was touched while it was settled waits again, and is read then', () => {
  const traces = open();
  touch(traces, 1, rowsOf(span(1, 1)));
  const trace = byLow(traces, 1);
  touch(traces, 2, rowsOf(span(1, 2)));
  traces.settled(trace, 1, 5);
  assert.equal(traces.size, 1);
  assert.equal(trace.rows, undefined);
  assert.deepEqual(traces.takeFinished(), [['a', 1]]);
  traces.settled(trace, 1, 6);
  assert.equal(traces.size, 0);
  assert.deepEqual(traces.takeFinished(), [['a', 2]]);
});

test('what does not fit into memory is not kept, and there is room again once traces are settled', () => {
  const traces = open(56 * 2);
  touch(traces, 1, rowsOf(span(1, 1), span(2, 2)));
  touch(traces, 2, rowsOf(span(3, 3)));
  assert.equal(byLow(traces, 3).rows, undefined);
  traces.settled(byLow(traces, 1), 1, 5);
  traces.drop(byLow(traces, 2).low);
  touch(traces, 3, rowsOf(span(4, 1), span(5, 2)));
  assert.deepEqual(idsOf(byLow(traces, 5)), [2]);
});

test('a checkpoint never passes a batch with a trace that waits', () => {
  const traces = open();
  touch(traces, 1, rowsOf(span(1, 1), span(2, 2)));
  touch(traces, 2, rowsOf(span(3, 3)));
  traces.settled(byLow(traces, 3), 1, 5);
  traces.settled(byLow(traces, 1), 1, 5);
  assert.deepEqual(traces.takeFinished(), []);
  traces.settled(byLow(traces, 2), 1, 5);
  assert.deepEqual(traces.takeFinished(), [['a', 2]]);
});

test('what another server has settled no longer waits', () => {
  const traces = open();
  touch(traces, 1, rowsOf(span(1, 1), span(2, 2)));
  touch(traces, 2, rowsOf(span(2, 3)));
  traces.settledUpTo(new Map([['a', 1]]));
  assert.equal(traces.size, 1);
  assert.equal(byLow(traces, 2).touches.length, 2);
  traces.settledUpTo(new Map([['a', 2]]));
  assert.equal(traces.size, 0);
});
