import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FindIndex } from './find.ts';
import { parseFind } from './find-query.ts';
import { readSpans } from './read-spans.ts';
import { RowText } from './row-text.ts';
import { selfTimes } from './self-time.ts';
import { shopTrace, toBytes } from './testing/generate.ts';
import { buildTrace } from './trace.ts';

const spans = [
  {
    traceId: '1',
    id: 'a1b2c3d4',
    name: 'post /checkout',
    kind: 'SERVER',
    timestamp: 1000,
    duration: 900_000,
    localEndpoint: { serviceName: 'shop' },
    tags: { 'http.status_code': '500', error: 'Card declined' },
  },
  {
    traceId: '1',
    id: '2',
    parentId: 'a1b2c3d4',
    name: 'get',
    kind: 'CLIENT',
    timestamp: 2000,
    duration: 60_000,
    localEndpoint: { serviceName: 'cart' },
    remoteEndpoint: { serviceName: 'redis' },
    tags: { 'http.status_code': '200', Empty: '' },
  },
  {
    traceId: '1',
    id: '3',
    parentId: 'a1b2c3d4',
    name: 'authorize',
    timestamp: 3000,
    duration: 2,
    localEndpoint: { serviceName: 'pay' },
    annotations: [{ timestamp: 3001, value: 'Cache.Miss' }],
  },
];

function finder(from: unknown): (text: string) => string[] {
  const reader = readSpans(toBytes(from));
  const { trace, source } = buildTrace(reader.records);
  const index = new FindIndex(trace, source, reader.records, selfTimes(trace));
  const text = new RowText(trace);
  return query => {
    const parsed = parseFind(query);
    assert.ok(parsed.ok, query);
    return Array.from(index.find(parsed.terms), row => text.name(row));
  };
}

const find = finder(spans);

for (const [query, rows] of [
  ['', []],
  ['checkout', ['post /checkout']],
  ['CACHE.miss', ['authorize']],
  ['redis', ['get']],
  ['declined', ['post /checkout']],
  ['http.status_code=500', ['post /checkout']],
  ['HTTP.status_code=20', ['get']],
  ['http.status_code=', ['post /checkout', 'get']],
  ['empty=', ['get']],
  ['error', ['post /checkout']],
  ['-error', ['get', 'authorize']],
  ['dur>50ms', ['post /checkout', 'get']],
  ['dur>50ms dur<100ms', ['get']],
  ['duration<3us', ['authorize']],
  ['start>1ms', ['authorize']],
  ['self>800ms', ['post /checkout']],
  ['service=pay', ['authorize']],
  ['kind=client', ['get']],
  ['name=auth', ['authorize']],
  ['id=c3d4', ['post /checkout']],
  ['a1b2', ['post /checkout']],
  ['/^(get|authorize)$/', ['get', 'authorize']],
  ['/status_CODE/ -redis', ['post /checkout']],
  ['"card declined"', ['post /checkout']],
  ['error="card declined"', ['post /checkout']],
  ['/checkout', ['post /checkout']],
  ['nothing', []],
] as const) {
  test(`"${query}" finds ${rows.length === 0 ? 'nothing' : rows.join(', ')}`, () =>
    assert.deepEqual(find(query), rows));
}

test('an expression that does not compile is an answer, not an exception', () => {
  const parsed = parseFind('/(/');
  assert.equal(parsed.ok, false);
});

test('an unfinished condition is text', () => {
  const parsed = parseFind('dur>');
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.terms, [{ negated: false, term: { type: 'text', text: 'dur>' } }]);
});

test('a text is found in 100,000 spans within the time of a key press', () => {
  const big = finder(shopTrace(100_000));
  big('warm');
  const started = performance.now();
  assert.ok(big('r-99').length > 500);
  // 5 to 15 ms on an idle machine; the budget of the whole path is 50.
  assert.ok(performance.now() - started < 200);
});
