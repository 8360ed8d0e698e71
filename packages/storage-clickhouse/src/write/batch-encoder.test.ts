import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeRawSpans, decodeSpans, encodeSpans } from '@tracekin/codec';
import { normalizeSpan, type Span, setTag } from '@tracekin/model';
import fc from 'fast-check';
import { decodeBlocks } from '../native/decode-blocks.ts';
import { spanText } from '../read/distinct-spans.ts';
import { numberColumn, spansFromBlocks } from '../read/span-rows.ts';
import { searchTerms } from '../search/criteria.ts';
import { BatchEncoder, type EncodedBatch } from './batch-encoder.ts';
import { ANY_SLOT, bucketOf } from './bucket.ts';
import { FREQUENT } from './postings.ts';
import { frequentTagHash, frequentTagOfServiceHash, pairHash, TERM_SEED, termHash } from './token-hash.ts';

const NOW = 1_790_000_000_000;
const encoder = new BatchEncoder({ searchEnabled: true, autocompleteKeys: ['http.method'] });

function encode(spans: readonly Span[], by: BatchEncoder = encoder): EncodedBatch {
  for (const span of spans) by.add(span);
  return by.finish(NOW);
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary-ascii', minLength: 60, maxLength: 140 }),
);
const key = fc.oneof(text, fc.constantFrom('__proto__', 'constructor', '7', '', 'a\0b', '\\', '\\0', 'error'));
const endpoint = fc.record(
  {
    serviceName: text,
    ipv4: fc.constant('192.168.0.1'),
    ipv6: fc.constantFrom('2001:db8::1', '::1'),
    port: fc.integer({ min: 1, max: 65_535 }),
  },
  { requiredKeys: [] },
);
const hex = (length: number): fc.Arbitrary<string> =>
  fc.bigInt({ min: 1n, max: 16n ** BigInt(length) - 1n }).map(id => id.toString(16).padStart(length, '0'));
const anySpan: fc.Arbitrary<Span> = fc
  .record(
    {
      traceId: fc.oneof(hex(16), hex(32)),
      id: hex(16),
      parentId: hex(16),
      kind: fc.constantFrom('CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'),
      name: text,
      timestamp: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      duration: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      localEndpoint: endpoint,
      remoteEndpoint: endpoint,
      annotations: fc.array(fc.record({ timestamp: fc.maxSafeNat(), value: text }), { maxLength: 3 }),
      tags: fc.array(fc.tuple(key, text), { maxLength: 6 }).map(pairs => {
        const tags: Record<string, string> = {};
        for (const [name, value] of pairs) setTag(tags, name, value);
        return tags;
      }),
      debug: fc.constant(true as const),
      shared: fc.constant(true as const),
    },
    { requiredKeys: ['traceId', 'id'] },
  )
  .map(fields => normalizeSpan(fields as Span));

test('spans come back from their columns as they were', () => {
  fc.assert(
    fc.property(fc.array(anySpan, { minLength: 1, maxLength: 20 }), spans => {
      const decoded = spansFromBlocks(decodeBlocks(encode(spans).spans));
      assert.deepEqual(decoded.map(spanText), spans.map(spanText));
    }),
    { numRuns: 60 },
  );
});

test('spans that are still bytes of their message give the same columns', () => {
  fc.assert(
    fc.property(fc.array(anySpan, { minLength: 1, maxLength: 20 }), spans => {
      const message = encodeSpans(spans, 'json-v2');
      const raw = encode(decodeRawSpans(message, 'json-v2'));
      assert.deepEqual(raw, encode(decodeSpans(message, 'json-v2')));
    }),
    { numRuns: 200 },
  );
});

function span(trace: number, fields: Partial<Span> = {}): Span {
  return normalizeSpan({
    traceId: (trace * 2 ** 40).toString(16).padStart(16, '0'),
    id: '0000000000000001',
    timestamp: NOW * 1000,
    ...fields,
  });
}

/** Slots of a term. */
function slotsOf(spans: readonly Span[], term: number): number[] {
  const { postings } = encode(spans);
  const slots: number[] = [];
  for (const block of postings === undefined ? [] : decodeBlocks(postings)) {
    const hash = numberColumn(block, 'hash');
    const slot = numberColumn(block, 'slot');
    for (let row = 0; row < block.rows; row++) if (hash[row] === term) slots.push(slot[row]!);
  }
  return slots.sort((a, b) => a - b);
}

test('a rare term is indexed by the slots that it is in, each once', () => {
  const tags = { 'request.id': 'r-1' };
  const spans = [span(256, { tags }), span(256, { tags }), span(512, { tags }), span(768)];
  assert.deepEqual(slotsOf(spans, pairHash(TERM_SEED.tag, 'request.id', 'r-1')), [1, 2]);
});

test('a frequent term is indexed once for the whole bucket, in every batch', () => {
  const spans = Array.from({ length: FREQUENT + 10 }, (_, i) =>
    span((i + 1) * 256, { tags: { 'http.method': 'GET' } }),
  );
  for (let batch = 0; batch < 2; batch++) {
    const tag = pairHash(TERM_SEED.tag, 'http.method', 'GET');
    assert.deepEqual(slotsOf(spans, frequentTagHash(tag)), [spans.length]);
    assert.deepEqual(slotsOf(spans, tag), []);
    assert.deepEqual(slotsOf(spans, termHash(TERM_SEED.word, 'http.method')), [ANY_SLOT]);
  }
  // The next batch starts without what the last one knew of its keys.
  assert.deepEqual(slotsOf(spans.slice(0, 2), termHash(TERM_SEED.word, 'http.method')), [1, 2]);
});

test('a frequent tag is indexed for each service that has it, a rare one is not', () => {
  const service = (name: string): number => termHash(TERM_SEED.service, name);
  const spans = Array.from({ length: 300 }, (_, i) =>
    span((i + 1) * 256, {
      localEndpoint: { serviceName: `service-${i % 3}` },
      tags: { all: 'yes', first: i % 3 === 0 ? 'yes' : 'no', rare: String(i % 100) },
    }),
  );
  const tag = (key: string, value: string): number => pairHash(TERM_SEED.tag, key, value);
  const places = (key: string, value: string, name: string): number[] =>
    slotsOf(spans, frequentTagOfServiceHash(tag(key, value), service(name)));
  // In place of a slot there is a count.
  for (const name of ['service-0', 'service-1', 'service-2']) assert.deepEqual(places('all', 'yes', name), [100]);
  assert.deepEqual(slotsOf(spans, frequentTagHash(tag('all', 'yes'))), [300]);
  assert.deepEqual(places('first', 'yes', 'service-0'), [100]);
  assert.deepEqual(places('first', 'yes', 'service-1'), []);
  assert.deepEqual(places('first', 'no', 'service-0'), []);
  assert.deepEqual(places('first', 'no', 'service-2'), [100]);
  assert.deepEqual(places('rare', '7', 'service-1'), []);
  assert.deepEqual(slotsOf(spans, tag('rare', '7')), [8, 108, 208]);
});

test('the index leads to every span of every search for a tag, with and without its service', () => {
  const few = fc.nat(3);
  fc.assert(
    fc.property(fc.array(fc.tuple(few, few, fc.nat(40)), { minLength: 1, maxLength: 900 }), cases => {
      const spans = cases.map(([service, value, trace]) =>
        span((trace + 1) * 256, {
          localEndpoint: service === 0 ? undefined : { serviceName: `s${service}` },
          tags: { key: `v${value}` },
        }),
      );
      const rows = new Map<number, number[]>();
      for (const block of decodeBlocks(encode(spans).postings!)) {
        const [hash, slot] = [numberColumn(block, 'hash'), numberColumn(block, 'slot')];
        for (let row = 0; row < block.rows; row++) rows.set(hash[row]!, [...(rows.get(hash[row]!) ?? []), slot[row]!]);
      }
      for (const [service, value, trace] of cases) {
        const tags: [string, string][] = [['key', `v${value}`]];
        const query = { tags, annotations: [], endTs: NOW, lookback: NOW, limit: 1 };
        const named = service === 0 ? query : { ...query, serviceName: `s${service}` };
        for (const terms of [searchTerms(query), searchTerms(named)]) {
          for (const term of terms) {
            const slots = term.flatMap(hash => rows.get(hash!) ?? []);
            assert(slots.includes(ANY_SLOT) || slots.includes(trace + 1));
          }
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('names and annotations are terms, alone and with their service', () => {
  const one = span(256, {
    name: 'get',
    localEndpoint: { serviceName: 'front' },
    remoteEndpoint: { serviceName: 'back' },
    annotations: [{ timestamp: 1, value: 'cache.miss' }],
  });
  for (const term of [
    termHash(TERM_SEED.service, 'front'),
    termHash(TERM_SEED.name, 'get'),
    termHash(TERM_SEED.remote, 'back'),
    termHash(TERM_SEED.word, 'cache.miss'),
    pairHash(TERM_SEED.serviceName, 'front', 'get'),
    pairHash(TERM_SEED.serviceRemote, 'front', 'back'),
  ]) {
    assert.deepEqual(slotsOf([one], term), [1]);
  }
});

test('a span without a timestamp is stored near the others and is not indexed', () => {
  const tags = { 'request.id': 'r-1' };
  const { traceId, id } = span(256);
  const untimed = normalizeSpan({ traceId, id, tags });
  assert.deepEqual(slotsOf([untimed], pairHash(TERM_SEED.tag, 'request.id', 'r-1')), []);
  const [block] = decodeBlocks(encode([untimed, span(512)]).spans);
  const buckets = numberColumn(block!, 'bucket');
  assert.deepEqual([buckets[0], buckets[1]], [bucketOf(NOW * 1000), bucketOf(NOW * 1000)]);
});

test('names of a batch are its distinct ones, with values of the autocomplete keys', () => {
  const localEndpoint = { serviceName: 'front' };
  const spans = [
    span(1, { name: 'get', localEndpoint, tags: { 'http.method': 'GET', other: 'x' } }),
    span(2, { name: 'get', localEndpoint, tags: { 'http.method': 'GET' } }),
  ];
  const names = encode(spans).names.map(({ kind, service, value }) => [kind, service, value]);
  assert.deepEqual(names.sort(), [
    [0, 'front', ''],
    [1, 'front', 'get'],
    [3, 'http.method', 'GET'],
  ]);
});

test('without search nothing is indexed and no name is kept', () => {
  const off = new BatchEncoder({ searchEnabled: false, autocompleteKeys: [] });
  const spans = [span(1, { name: 'get', localEndpoint: { serviceName: 'front' }, tags: { a: 'b' } })];
  const { postings, names, spans: block } = encode(spans, off);
  assert.equal(postings, undefined);
  assert.deepEqual(names, []);
  assert.deepEqual(spansFromBlocks(decodeBlocks(block)).map(spanText), spans.map(spanText));
});
