import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { decodeRawSpans, decodeSpans, RawSpan } from '@tracekin/codec';
import fc from 'fast-check';
import { sourceOf } from './bulk-document.ts';
import { listedForm } from './index-forms.ts';
import { IndexNames } from './index-names.ts';
import { LineRuns } from './line-runs.ts';
import { RawLines } from './raw-lines.ts';
import { spanSource } from './span-document.ts';
import { SpanLines } from './span-lines.ts';
import { documentOf } from './testing/document-of.ts';

const names = new IndexNames('zipkin', '-');
const form = { index: 'i', joined: false, beforeId: Buffer.from('{') };

test('spans of which the decoder made no texts have the same documents and ids', () => {
  const plain = fc.string({ maxLength: 12 });
  const text = fc.oneof(
    { weight: 9, arbitrary: plain },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
    { weight: 1, arbitrary: fc.constantFrom('x'.repeat(254), 'x'.repeat(255), 'a\u007fb', '"', '10', '9', '', 'é') },
  );
  const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
  const id = (digits: number): fc.Arbitrary<string> =>
    fc
      .string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: digits, maxLength: digits })
      .filter(text => !/^0+$/.test(text));
  const time = fc.oneof(fc.integer({ min: 1, max: 2 ** 53 - 1 }), fc.constantFrom(1e8, 99_999_999, 1e15, 1000, 999));
  const endpoint = fc.record({
    serviceName: some(plain),
    ipv4: some(fc.constant('10.0.0.1')),
    ipv6: some(fc.constant('2001:db8::1')),
    port: some(fc.integer({ min: 1, max: 65_535 })),
  });
  const spans = fc.record({
    traceId: fc.oneof(id(16), id(32)),
    parentId: some(id(16)),
    id: id(16),
    kind: some(fc.constantFrom('CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER')),
    name: some(text),
    timestamp: some(time),
    duration: some(time),
    localEndpoint: some(endpoint),
    remoteEndpoint: some(endpoint),
    annotations: fc.option(fc.array(fc.record({ value: text, timestamp: time }), { maxLength: 1 }), {
      nil: undefined,
      freq: 20,
    }),
    tags: some(fc.array(fc.tuple(text, text), { maxLength: 6 }).map(pairs => Object.fromEntries(pairs))),
    debug: some(fc.boolean()),
    shared: some(fc.boolean()),
  });
  let raw = 0;
  const documents = RawLines.make(true)!;
  fc.assert(
    fc.property(
      fc.array(spans, { minLength: 1, maxLength: 11 }),
      fc.boolean(),
      fc.boolean(),
      (message, searchable, joined) => {
        const bytes = new TextEncoder().encode(JSON.stringify(message));
        const forms = { of: () => ({ joined, joins: joined }), version: 0 };
        const lines = new SpanLines(names, forms, searchable);
        const plainSpans = decodeSpans(bytes, 'json-v2');
        const rawSpans = decodeRawSpans(bytes, 'json-v2');
        for (const span of rawSpans) {
          documents.begin();
          if (span instanceof RawSpan && documents.add(span, form, new LineRuns())) raw += 1;
        }
        const [runs, expected] = [new LineRuns(), new LineRuns()];
        lines.add(rawSpans, 0, runs);
        lines.add(plainSpans, 0, expected);
        const written = [...runs.documents()];
        assert.deepEqual(
          written.map(({ lines }) => lines?.toString()),
          Array.from(expected.documents(), ({ lines }) => lines?.toString()),
        );
        for (const [index, span] of plainSpans.entries()) {
          const source = spanSource(span, searchable);
          const document = written[index]!;
          assert.equal(document.id, `${span.traceId}-${createHash('md5').update(source).digest('hex')}`);
          if (!joined) assert.equal(sourceOf(document), Buffer.from(source).toString());
        }
      },
    ),
    { numRuns: 500 },
  );
  assert.ok(raw > 100, `${raw}`);
});

test('a control character that stands unescaped in a message is escaped', () => {
  const bytes = new TextEncoder().encode(
    '[{"traceId":"000000000000000a","id":"000000000000000b","tags":{"a":"b\tc"}}]',
  );
  const lines = new SpanLines(names, { of: () => listedForm, version: 0 }, true);
  const document = documentOf(lines, decodeRawSpans(bytes, 'json-v2')[0]!, 0);
  assert.match(sourceOf(document), /"a=b\\tc"/);
});
