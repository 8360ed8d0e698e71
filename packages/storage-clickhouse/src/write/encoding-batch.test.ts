import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Span } from '@tracekin/model';
import { spanText } from '../read/distinct-spans.ts';
import { BatchEncoder } from './batch-encoder.ts';
import { EncodingBatch, MAX_BLOCK_SPANS } from './encoding-batch.ts';

const T0 = 1_790_000_000_000_000;

function someSpans(count: number): Span[] {
  return Array.from({ length: count }, (_, i) => {
    const id = (i + 1).toString(16).padStart(16, '0');
    return { traceId: id, id, ...(i % 7 !== 0 && { timestamp: T0 + i }), tags: { n: String(i % 50) } };
  });
}

function pool(): { batch: () => EncodingBatch; lent: () => number } {
  const idle: BatchEncoder[] = [];
  let lent = 0;
  const take = (): BatchEncoder => {
    lent++;
    return idle.pop() ?? new BatchEncoder({ searchEnabled: true, autocompleteKeys: [] });
  };
  const giveBack = (encoder: BatchEncoder): void => {
    lent--;
    assert.equal(encoder.rows, 0);
    idle.push(encoder);
  };
  return { batch: () => new EncodingBatch({ take, giveBack }), lent: () => lent };
}

test('where pieces end follows from the spans alone, not from how they came', () => {
  const spans = someSpans(MAX_BLOCK_SPANS + 1_000);
  const { batch, lent } = pool();
  const whole = batch();
  whole.add(spans);
  const bit = batch();
  for (let at = 0; at < spans.length; at += 777) bit.add(spans.slice(at, at + 777));
  const describe = (pieces: ReturnType<EncodingBatch['pieces']>): unknown[] =>
    pieces.map(({ start, encoded }) => [
      start,
      encoded.rows,
      encoded.spans.equals(whole.pieces()[start === 0 ? 0 : 1]!.encoded.spans),
    ]);
  assert.deepEqual(describe(bit.pieces()), [
    [0, MAX_BLOCK_SPANS, true],
    [MAX_BLOCK_SPANS, 1_000, true],
  ]);
  assert.equal(bit.pieces(), bit.pieces());
  assert.equal(lent(), 0);
});

test('spans come back in their order', () => {
  const { batch } = pool();
  const spans = someSpans(500);
  const filled = batch();
  filled.add(spans.slice(0, 100));
  filled.add(spans.slice(100));
  assert.deepEqual(filled.spans().map(spanText), spans.map(spanText));
});

test('an encoder is given back by a batch that is closed unwritten, and by one without spans', () => {
  const { batch, lent } = pool();
  const left = batch();
  left.add(someSpans(10));
  assert.equal(lent(), 1);
  left.close();
  left.close();
  assert.equal(lent(), 0);
  assert.deepEqual(batch().pieces(), []);
});
