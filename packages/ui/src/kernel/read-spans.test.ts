import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readSpans, SpanReader } from './read-spans.ts';
import { shopTrace, toBytes } from './testing/generate.ts';
import { buildTrace } from './trace.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

test('reads a list of spans, field by field', () => {
  const { records, problems } = readSpans(
    bytesOf(`[{"traceId":"A1","id":"2","parentId":"1","kind":"CLIENT","name":"Get","timestamp":"1000","duration":7,
      "localEndpoint":{"serviceName":"Web","ipv4":"10.0.0.1","port":80},"remoteEndpoint":{"serviceName":"db"},
      "annotations":[{"timestamp":1001,"value":"retry"}],"tags":{"http.status_code":500,"error":""},"debug":true,"new":{"x":[1]}}]`),
  );
  assert.equal(records.count, 1);
  assert.equal(records.timestamp.at(0), 1000);
  assert.deepEqual(records.traceIds.strings, ['00000000000000a1']);
  assert.deepEqual(records.names.strings, ['get']);
  assert.deepEqual(records.services.strings, ['web', 'db']);
  assert.deepEqual(records.values.strings, ['500', '', 'retry']);
  assert.deepEqual(problems.report().counts, {});
});

test('several traces in one file are read, across the borders of batches', () => {
  const { records } = readSpans(toBytes([shopTrace(40, { traceId: '1' }), [], shopTrace(30, { traceId: '2' })]));
  assert.equal(records.count, 70);
  assert.equal(records.traceIds.strings.length, 2);
});

test('arriving byte by byte gives what arriving at once gives', () => {
  const bytes = toBytes(shopTrace(30));
  const whole = readSpans(bytes);
  const reader = new SpanReader(1);
  for (let i = 0; i < bytes.length; i++) reader.write(bytes.subarray(i, i + 1));
  reader.end();
  assert.deepEqual(reader.records.from.data.slice(0, 30), whole.records.from.data.slice(0, 30));
  assert.equal(reader.records.count, 30);
  assert.equal(reader.text(reader.records.from.at(7), reader.records.to.at(7)), JSON.stringify(shopTrace(30)[7]));
});

test('a body cut anywhere keeps every span before the cut and says that it was cut', () => {
  const spans = shopTrace(6);
  spans[2]!.name = 'a "quoted\\" {name} [x], é';
  const bytes = toBytes(spans);
  const { records } = readSpans(bytes);
  for (let length = 1; length < bytes.length; length++) {
    const cut = readSpans(bytes.subarray(0, length));
    let complete = 0;
    while (complete < 6 && records.to.at(complete) <= length) complete++;
    assert.equal(cut.records.count, complete, `cut at ${length}`);
    assert.equal(cut.problems.report().counts['cut-off'], 1, `cut at ${length}`);
  }
});

test('one broken span does not take the others with it', () => {
  const { records, problems } = readSpans(
    bytesOf('[{"traceId":"1","id":"1"},{"traceId":"1","id":"2",},{"traceId":"1","id":"3"}]'),
  );
  assert.equal(records.count, 2);
  assert.deepEqual(problems.report().counts, { 'not-json': 1 });
});

test('ids that are none, wrong types and things that are no spans are reported, not thrown', () => {
  const { records, problems } = readSpans(
    toBytes([
      { traceId: '1', id: 'xyz' },
      { traceId: 'not hex', id: '1' },
      { id: '1' },
      {},
      {
        traceId: '1',
        id: '5',
        parentId: 'zz',
        timestamp: 'soon',
        duration: {},
        tags: [],
        annotations: {},
        localEndpoint: 7,
        kind: 'OTHER',
      },
    ]),
  );
  assert.equal(records.count, 1);
  assert.deepEqual(problems.report().counts, { 'bad-id': 4, 'not-a-span': 1, 'bad-field': 6 });
});

test('text that is no JSON at all is one problem', () => {
  for (const text of ['<html>no</html>', 'null', '42', '"x"']) {
    const { records, problems } = readSpans(bytesOf(text));
    assert.equal(records.count, 0);
    assert.equal(problems.report().counts['not-json'], 1, text);
  }
});

test('deeply nested values do not overflow the stack', () => {
  const deep = '['.repeat(200_000) + ']'.repeat(200_000);
  const { records } = readSpans(bytesOf(`[{"traceId":"1","id":"1","x":${deep}},{"traceId":"1","id":"2"}]`));
  assert.ok(records.count >= 1);
});

test('whatever the elements are, nothing throws and none is lost: each is a piece of a row or a problem', () => {
  const spanLike = fc.record(
    {
      traceId: fc.constantFrom('1', 'f'.repeat(32), 'x', 7),
      id: fc.oneof(fc.constantFrom('1', '2', '3', '', 'zz'), fc.jsonValue()),
      parentId: fc.oneof(fc.constantFrom('1', '2', '3'), fc.jsonValue()),
      timestamp: fc.oneof(fc.integer(), fc.jsonValue()),
      duration: fc.jsonValue(),
      tags: fc.jsonValue(),
      annotations: fc.jsonValue(),
      localEndpoint: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(spanLike, { maxLength: 10 }), elements => {
      const reader = readSpans(toBytes(elements));
      const { counts } = reader.problems.report();
      const { trace, source } = buildTrace(reader.records);
      assert.deepEqual(
        [...source.pieces].sort((a, b) => a - b),
        [...Array(reader.records.count).keys()],
      );
      assert.equal(trace.reported, reader.records.count);
      const lost = elements.length - reader.records.count;
      assert.ok(lost <= (counts['bad-id'] ?? 0) + (counts['not-a-span'] ?? 0));
    }),
    { numRuns: 500 },
  );
});
