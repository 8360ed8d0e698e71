import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Span } from '@tracekin/model';
import { searchTerms, spanDocument } from './span-document.ts';

const span: Span = {
  traceId: '7180c278b62e8f6a216a2aea45d08fc9',
  id: '5b4185666d50f68b',
  timestamp: 1_472_470_996_199_999,
  localEndpoint: { serviceName: 'frontend' },
  annotations: [{ timestamp: 1_472_470_996_238_000, value: 'foo' }],
  tags: { 'http.path': '/api', 'clnt/finagle.version': '6.45.0' },
};

test('a document is the span with its search fields in front', () => {
  const { source } = spanDocument(span, true, 0);
  assert.deepEqual(Object.keys(JSON.parse(source) as object).slice(0, 3), ['timestamp_millis', '_q', 'traceId']);
  assert.equal((JSON.parse(source) as { timestamp_millis: number }).timestamp_millis, 1_472_470_996_199);
});

test('the same span always has the same id, another one another', () => {
  assert.equal(spanDocument(span, true, 1).id, spanDocument({ ...span }, true, 2).id);
  assert.match(spanDocument(span, true, 0).id, /^7180c278b62e8f6a216a2aea45d08fc9-[0-9a-f]{32}$/);
  assert.notEqual(spanDocument(span, true, 0).id, spanDocument({ ...span, shared: true }, true, 0).id);
});

test('the day is the timestamp, else the first annotation, else now', () => {
  assert.equal(spanDocument(span, true, 5).day, 1_472_470_996_199);
  const { timestamp: _, ...untimed } = span;
  assert.equal(spanDocument(untimed, true, 5).day, 1_472_470_996_238);
  assert.equal(spanDocument({ traceId: span.traceId, id: span.id }, true, 5).day, 5);
});

test('without search only the span is written', () => {
  assert.equal(Object.keys(JSON.parse(spanDocument(span, false, 0).source) as object)[0], 'traceId');
});

test('terms are annotation values, tag keys and key=value, none longer than 256 characters', () => {
  assert.deepEqual(searchTerms(span), [
    'foo',
    'http.path',
    'http.path=/api',
    'clnt/finagle.version',
    'clnt/finagle.version=6.45.0',
  ]);
  assert.deepEqual(searchTerms({ ...span, annotations: [], tags: { a: 'x'.repeat(254) } }), [
    'a',
    `a=${'x'.repeat(254)}`,
  ]);
  assert.deepEqual(
    searchTerms({ ...span, annotations: [{ timestamp: 1, value: 'y'.repeat(257) }], tags: { a: 'x'.repeat(255) } }),
    [],
  );
});

test("text is escaped as in Zipkin's documents, so that ids are the same", () => {
  const { source } = spanDocument({ ...span, tags: { a: '😀\u2028\u001f"\\u001f\n' } }, false, 0);
  assert.match(source, /"a":"\\uD83D\\uDE00\u2028\\u001F\\"\\\\u001f\\n"/);
  assert.equal((JSON.parse(source) as Span).tags?.['a'], '😀\u2028\u001f"\\u001f\n');
});
