import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeJsonV2, encodeTracesJson } from '@tracekin/codec';
import type { Span } from '@tracekin/model';
import { spansJson, tracesJson } from './spans-json.ts';

function spansOf(count: number): Span[] {
  return Array.from({ length: count }, (_, i) => ({
    traceId: '000000000000000a',
    id: String(i + 1).padStart(16, '0'),
    tags: { text: `é😀 ${i}` },
  }));
}

test('the bytes of an answer are those of its text, whatever the number of spans', () => {
  for (const count of [0, 1, 63, 64, 65, 128, 1000]) {
    assert.equal(spansJson(spansOf(count)).toString(), encodeJsonV2(spansOf(count)));
  }
  for (const counts of [[], [0], [1, 2], [64], [63, 1, 64], [200, 0, 3]]) {
    const traces = counts.map(spansOf);
    assert.equal(tracesJson(traces).toString(), encodeTracesJson(traces));
  }
});
