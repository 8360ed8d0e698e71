import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { Span } from '@tracekin/model';
import fc from 'fast-check';
import { sourceOf } from './bulk-document.ts';
import { listedForm } from './index-forms.ts';
import { IndexNames } from './index-names.ts';
import { joinedAlias } from './joined-terms.ts';
import { searchTerms, spanDay, spanSource, usualText } from './span-document.ts';
import { SpanLines } from './span-lines.ts';
import { documentOf } from './testing/document-of.ts';

const span: Span = {
  traceId: '7180c278b62e8f6a216a2aea45d08fc9',
  id: '5b4185666d50f68b',
  timestamp: 1_472_470_996_199_999,
  localEndpoint: { serviceName: 'frontend' },
  annotations: [{ timestamp: 1_472_470_996_238_000, value: 'foo' }],
  tags: { 'clnt/finagle.version': '6.45.0', 'http.path': '/api' },
};
const names = new IndexNames('zipkin', '-');

test('a document is the span with its search fields in front', () => {
  const source = spanSource(span, true);
  assert.deepEqual(Object.keys(JSON.parse(source) as object).slice(0, 3), ['timestamp_millis', '_q', 'traceId']);
  assert.equal((JSON.parse(source) as { timestamp_millis: number }).timestamp_millis, 1_472_470_996_199);
});

const listed = { of: () => listedForm, version: 0 };
const joinedForm = { of: () => ({ joined: true, joins: true }), version: 0 };

test('the same span always has the same id, another one another', () => {
  const lines = new SpanLines(names, listed, true);
  const { id } = documentOf(lines, span, 1);
  assert.equal(id, documentOf(lines, { ...span }, 2).id);
  assert.match(id, /^7180c278b62e8f6a216a2aea45d08fc9-[0-9a-f]{32}$/);
  assert.notEqual(id, documentOf(lines, { ...span, shared: true }, 0).id);
});

test('the day is the timestamp, else the first annotation, else now', () => {
  assert.equal(spanDay(span, 5), 1_472_470_996_199);
  const { timestamp: _, ...untimed } = span;
  assert.equal(spanDay(untimed, 5), 1_472_470_996_238);
  assert.equal(spanDay({ traceId: span.traceId, id: span.id }, 5), 5);
});

test('without search only the span is written', () => {
  assert.equal(Object.keys(JSON.parse(spanSource(span, false)) as object)[0], 'traceId');
});

test('terms are annotation values, tag keys and key=value, none longer than 256 characters', () => {
  assert.deepEqual(searchTerms(span), [
    'foo',
    'clnt/finagle.version',
    'clnt/finagle.version=6.45.0',
    'http.path',
    'http.path=/api',
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
  const source = spanSource({ ...span, tags: { a: '😀\u2028\u001f"\\u001f\n' } }, false);
  assert.match(source, /"a":"\\uD83D\\uDE00\u2028\\u001F\\"\\\\u001f\\n"/);
  assert.equal((JSON.parse(source) as Span).tags?.['a'], '😀\u2028\u001f"\\u001f\n');
});

test('the short way of usual spans gives the document of the general one, and leaves the others to it', () => {
  const text = fc.oneof(
    { weight: 8, arbitrary: fc.string({ maxLength: 12 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('x'.repeat(256), 'a\u007fb', '"', '\\', '', '\u2028', '\ud800', 'é', '7', '__proto__'),
    },
  );
  const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
  const time = fc.integer({ min: 1, max: 2 ** 50 });
  const endpoint = fc.record({
    port: some(fc.integer({ min: 1, max: 65_535 })),
    serviceName: some(text),
    ipv4: some(fc.constant('10.0.0.1')),
  });
  const tags = fc
    .array(fc.tuple(text, text), { maxLength: 5 })
    .map(pairs => Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1))));
  const spans = fc.record({
    traceId: fc.constantFrom('000000000000000a', '7180c278b62e8f6a216a2aea45d08fc9'),
    parentId: some(fc.constant('000000000000000b')),
    id: fc.constant('000000000000000c'),
    kind: some(fc.constantFrom('CLIENT', 'SERVER')),
    name: some(text),
    timestamp: some(time),
    duration: some(time),
    localEndpoint: some(endpoint),
    remoteEndpoint: some(endpoint),
    annotations: some(fc.array(fc.record({ value: text, timestamp: time }), { maxLength: 2 })),
    tags: some(tags),
    debug: some(fc.boolean()),
    shared: some(fc.boolean()),
  }) as fc.Arbitrary<Span>;
  let short = 0;
  fc.assert(
    fc.property(fc.array(spans, { maxLength: 3 }), fc.boolean(), (batch, searchable) => {
      const lines = new SpanLines(names, listed, searchable);
      const joinedLines = new SpanLines(names, joinedForm, searchable);
      for (const one of batch) {
        if (usualText(one, searchable) !== undefined) short += 1;
        const document = documentOf(lines, one, 0);
        const source = spanSource(one, searchable);
        const id = `${one.traceId}-${createHash('md5').update(source).digest('hex')}`;
        assert.equal(sourceOf(document), Buffer.from(source).toString());
        assert.equal(document.id, id);
        assert.equal(
          document.lines?.toString().split('\n')[0],
          JSON.stringify({ index: { _index: document.index, _id: id } }),
        );
        const joined = documentOf(joinedLines, one, 0);
        const [action = '', text = '', ...others] = joined.lines?.toString().split('\n') ?? [];
        assert.equal(action, JSON.stringify({ index: { _index: joinedAlias(document.index), _id: id } }));
        assert.deepEqual(others, ['']);
        const { _q: list = [], ...rest } = JSON.parse(source) as { _q?: string[] };
        const { _q: terms, ...members } = JSON.parse(text) as { _q?: string };
        assert.deepEqual(members, rest);
        assert.equal(terms ?? '', list.map(term => term.replaceAll('\u007f', '?') || '?').join('\u007f'));
        // With listed terms again, for an index of the other form.
        const back = sourceOf(joined);
        if (source.includes('\u007f') || list.includes('')) {
          assert.deepEqual((JSON.parse(back) as { _q?: string[] })._q ?? [], terms?.split('\u007f') ?? []);
        } else assert.equal(back, Buffer.from(source).toString());
      }
    }),
    { numRuns: 300 },
  );
  assert.ok(short > 50, `${short}`);
});
