import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSpans } from './read-spans.ts';
import { groupRepeats } from './repeats.ts';
import { RowText, rowOfSpan } from './row-text.ts';
import { ancestors, type RowOptions, visibleRows } from './rows.ts';
import { type GeneratedSpan, shopTrace, spanId, toBytes } from './testing/generate.ts';
import { buildTrace, type Trace } from './trace.ts';

const build = (spans: unknown): Trace => buildTrace(readSpans(toBytes(spans)).records).trace;

const span = (
  id: number,
  parent: number,
  name: string,
  start: number,
  duration: number,
  service = 'a',
  tags = {},
): GeneratedSpan => ({
  traceId: '1',
  id: spanId(id),
  ...(parent >= 0 && { parentId: spanId(parent) }),
  name,
  timestamp: 1000 + start,
  duration,
  localEndpoint: { serviceName: service },
  tags,
});

/** root > one > (leaf, leaf2 of b), root > two */
const small = build([
  span(0, -1, 'root', 0, 100),
  span(1, 0, 'one', 10, 50),
  span(2, 1, 'leaf', 20, 5),
  span(3, 1, 'leaf2', 30, 5, 'b'),
  span(4, 0, 'two', 70, 20),
]);

function shown(trace: Trace, change: Partial<RowOptions> = {}): string[] {
  const text = new RowText(trace);
  const rows = visibleRows(trace, {
    root: -1,
    levels: 0,
    collapsed: new Uint8Array(trace.count),
    hiddenServices: undefined,
    matches: undefined,
    window: undefined,
    repeats: undefined,
    openGroups: undefined,
    ...change,
  });
  return Array.from(rows, row => (row < 0 ? `group ${-1 - row}` : text.name(row)));
}

const mask = (trace: Trace, ...rows: number[]): Uint8Array =>
  Uint8Array.from({ length: trace.count }, (_, i) => (rows.includes(i) ? 1 : 0));

test('everything is shown in tree order', () => {
  assert.deepEqual(shown(small), ['root', 'one', 'leaf', 'leaf2', 'two']);
});

test('a collapsed row hides its subtree and nothing else', () => {
  assert.deepEqual(shown(small, { collapsed: mask(small, 1) }), ['root', 'one', 'two']);
  assert.deepEqual(shown(small, { collapsed: mask(small, 0) }), ['root']);
});

test('a focus shows one subtree, levels count from there', () => {
  assert.deepEqual(shown(small, { root: 1 }), ['one', 'leaf', 'leaf2']);
  assert.deepEqual(shown(small, { root: 1, levels: 1 }), ['one']);
  assert.deepEqual(shown(small, { levels: 2 }), ['root', 'one', 'two']);
});

test('a hidden service leaves its children where they are', () => {
  const hidden = new Uint8Array(3);
  hidden[1] = 1;
  assert.deepEqual(shown(small, { hiddenServices: hidden }), ['leaf2']);
});

test('only matches keeps the way to them', () => {
  assert.deepEqual(shown(small, { matches: mask(small, 3) }), ['root', 'one', 'leaf2']);
  assert.deepEqual(shown(small, { matches: mask(small) }), []);
});

test('only in the window keeps what overlaps it and the way there', () => {
  assert.deepEqual(shown(small, { window: { from: 29, to: 33 } }), ['root', 'one', 'leaf2']);
});

const repeated = build([
  span(0, -1, 'root', 0, 1000),
  ...Array.from({ length: 8 }, (_, i) => span(10 + i, 0, 'get', 10 + i * 20, 5, 'redis')),
  span(30, 0, 'get', 300, 6, 'redis', { error: 'timeout' }),
  span(31, 10, 'inner', 11, 1, 'redis'),
  span(32, 0, 'other', 400, 6),
]);

test('five and more equal siblings are one row; errors stay outside', () => {
  const repeats = groupRepeats(repeated);
  assert.equal(repeats.count, 1);
  assert.deepEqual(Array.from(repeats.memberEnd), [8]);
  assert.deepEqual([repeats.min[0], repeats.median[0], repeats.max[0], repeats.total[0]], [5, 5, 5, 40]);
  assert.deepEqual([repeats.windowStart[0], repeats.windowEnd[0]], [10, 155]);
  const openGroups = new Uint8Array(1);
  assert.deepEqual(shown(repeated, { repeats, openGroups }), ['root', 'group 0', 'get', 'other']);
  openGroups[0] = 1;
  assert.deepEqual(shown(repeated, { repeats, openGroups }), [
    'root',
    'group 0',
    'get',
    'inner',
    ...Array(7).fill('get'),
    'get',
    'other',
  ]);
});

test('a group is shown for a match inside of it', () => {
  const repeats = groupRepeats(repeated);
  assert.deepEqual(shown(repeated, { repeats, openGroups: new Uint8Array(1), matches: mask(repeated, 4) }), [
    'root',
    'group 0',
  ]);
});

test('what takes far longer than its siblings is not hidden in their group', () => {
  const trace = build([
    span(0, -1, 'root', 0, 10_000),
    ...Array.from({ length: 30 }, (_, i) => span(1 + i, 0, 'get', i, i === 7 ? 5000 : 10)),
  ]);
  const repeats = groupRepeats(trace);
  assert.equal(repeats.members.length, 29);
  assert.equal(repeats.groupOf[rowOfSpan(trace, 0, 9)], -1);
});

test('every row is listed once when all groups are open', () => {
  const trace = build(shopTrace(4000, { fanOut: 400 }));
  const repeats = groupRepeats(trace);
  const rows = visibleRows(trace, {
    root: -1,
    levels: 0,
    collapsed: new Uint8Array(trace.count),
    hiddenServices: undefined,
    matches: undefined,
    window: undefined,
    repeats,
    openGroups: new Uint8Array(repeats.count).fill(1),
  });
  assert.equal(new Set(rows).size, rows.length);
  assert.equal(rows.filter(row => row >= 0).length, trace.count);
});

test('ancestors are given from the root down, the nearest when there are too many', () => {
  assert.deepEqual(ancestors(small, 3), [0, 1]);
  assert.deepEqual(ancestors(small, 3, 1), [1]);
});

test('a span is found by its id', () => {
  assert.equal(rowOfSpan(small, 0, 3), 2);
  assert.equal(rowOfSpan(small, 7, 3), -1);
});
