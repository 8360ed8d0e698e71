import assert from 'node:assert/strict';
import { type Span, spanFingerprint } from '@tracekin/model';

function byFingerprint(a: Span, b: Span): number {
  const [left, right] = [spanFingerprint(a), spanFingerprint(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A span in the shape in which all that mean the same are deeply equal: plain objects, no undefined fields. */
function plain(span: Span): unknown {
  return JSON.parse(JSON.stringify(span));
}

/** Asserts that both lists hold the same spans, in any order. */
export function assertSameSpans(actual: readonly Span[], expected: readonly Span[], message?: string): void {
  // Counting first: a difference of thousands of spans takes minutes to print.
  assert.equal(actual.length, expected.length, message ?? 'number of spans');
  const [left, right] = [actual.toSorted(byFingerprint), expected.toSorted(byFingerprint)];
  for (const [i, span] of left.entries()) assert.deepEqual(plain(span), plain(right[i]!), message);
}

/** Asserts that both hold the same traces in the same order; spans within a trace in any order. */
export function assertSameTraces(
  actual: readonly (readonly Span[])[],
  expected: readonly (readonly Span[])[],
  message?: string,
): void {
  const ids = (traces: readonly (readonly Span[])[]): (string | undefined)[] => traces.map(spans => spans[0]?.traceId);
  assert.equal(actual.length, expected.length, message ?? `found ${ids(actual)}, expected ${ids(expected)}`);
  for (const [i, spans] of actual.entries()) assertSameSpans(spans, expected[i]!, message);
}
