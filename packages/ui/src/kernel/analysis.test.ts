import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareTraces, type DiffSide } from './compare.ts';
import { leftHeavyFlame, sandwich, timeFlame } from './flame.ts';
import { readSpans } from './read-spans.ts';
import { serviceCalls } from './service-calls.ts';
import { TraceSession } from './session.ts';
import { unpackString } from './string-table.ts';
import { type GeneratedSpan, shopTrace, spanId, toBytes } from './testing/generate.ts';

const span = (
  id: number,
  parent: number,
  service: string,
  name: string,
  start: number,
  duration: number,
  more: Partial<GeneratedSpan> = {},
): GeneratedSpan => ({
  traceId: '1',
  id: spanId(id),
  ...(parent >= 0 && { parentId: spanId(parent) }),
  name,
  timestamp: 1000 + start,
  duration,
  localEndpoint: { serviceName: service },
  ...more,
});

function open(spans: unknown): TraceSession {
  const session = new TraceSession(readSpans(toBytes(spans)));
  session.build({ rawClocks: false });
  return session;
}

const trace = [
  span(0, -1, 'web', 'post', 0, 100),
  span(1, 0, 'cart', 'get', 10, 30, { tags: { shard: 'a' } }),
  span(2, 0, 'cart', 'get', 50, 20, { tags: { shard: 'b', error: 'x' } }),
  span(3, 1, 'db', 'select', 15, 10),
];

test('statistics count, sum and share by service', () => {
  const rows = open(trace).stats({ by: 'service' });
  const cart = rows.find(row => row.label === 'cart');
  assert.deepEqual(cart && { ...cart, average: 25 }, {
    label: 'cart',
    within: undefined,
    count: 2,
    errors: 1,
    total: 50,
    self: 40,
    average: 25,
    p50: 20,
    p95: 30,
    max: 30,
    criticalShare: 0.4,
    longest: 1,
  });
  assert.equal(
    rows.reduce((sum, row) => sum + row.criticalShare, 0),
    1,
  );
});

test('statistics by a tag put spans without it in a group of their own', () => {
  const rows = open(trace).stats({ by: 'tag', key: 'shard' });
  assert.deepEqual(rows.map(row => `${row.label}:${row.count}`).sort(), [':2', 'a:1', 'b:1']);
});

test('boxes of the time flame that share a line do not overlap, and children are below their parent', () => {
  const session = open(shopTrace(3000));
  const { trace: t } = session.build({ rawClocks: false });
  const flame = timeFlame(t);
  const lastEnd = new Float64Array(flame.lines).fill(-1);
  for (const box of [...Array(flame.count).keys()].sort((a, b) => flame.left[a]! - flame.left[b]! || a - b)) {
    const line = flame.line[box]!;
    assert.ok(flame.left[box]! >= lastEnd[line]!, `line ${line}`);
    lastEnd[line] = flame.left[box]! + flame.width[box]!;
    if (t.parent[box]! >= 0) assert.ok(line > flame.line[t.parent[box]!]!);
  }
});

test('the aggregated flame sums paths and puts the heaviest first', () => {
  const session = open(trace);
  const flame = leftHeavyFlame(session.paths());
  assert.equal(flame.count, 3);
  assert.equal(flame.total, 100);
  const cart = [...flame.rows].indexOf(2);
  assert.equal(flame.width[cart], 50);
});

test('one operation is shown with its callers and what it calls', () => {
  const session = open(trace);
  const tree = session.paths();
  const cart = [...tree.rows].indexOf(2);
  const { above, below } = sandwich(tree, tree.service[cart]!, tree.name[cart]!);
  assert.deepEqual([above.count, above.total], [2, 50]);
  assert.deepEqual([below.count, below.total], [2, 50]);
});

test('calls within one operation of itself are not counted twice', () => {
  const session = open([span(0, -1, 'a', 'f', 0, 100), span(1, 0, 'a', 'f', 10, 50), span(2, 1, 'a', 'f', 20, 10)]);
  const tree = session.paths();
  assert.equal(sandwich(tree, tree.service[0]!, tree.name[0]!).above.total, 100);
});

test('two traces are joined by path, and what only one has is told', () => {
  const side = (spans: unknown): DiffSide => {
    const session = open(spans);
    const { services, names } = session.reader.records;
    return { tree: session.paths(), services: services.strings, names: names.strings };
  };
  const other = [
    span(0, -1, 'web', 'renamed', 0, 60),
    span(1, 0, 'cart', 'get', 10, 30),
    span(2, 0, 'mail', 'send', 45, 5),
  ];
  const diff = compareTraces(side(trace), side(other));
  const rows = Array.from(
    { length: diff.count },
    (_, n) => `${diff.depth[n]} ${diff.service[n]} ${diff.rowsA[n]}/${diff.rowsB[n]} ${diff.timeA[n]}-${diff.timeB[n]}`,
  );
  assert.deepEqual(rows, ['0 web 1/1 100-60', '1 cart 2/1 50-30', '2 db 1/0 10-0', '1 mail 0/1 0-5']);
  const self = compareTraces(side(trace), side(trace));
  assert.ok(self.timeA.every((time, n) => time === self.timeB[n]));
});

test('calls between services of a trace are counted from both ways of reporting', () => {
  const session = open([
    span(0, -1, 'web', 'post', 0, 100, { kind: 'SERVER' }),
    span(1, 0, 'web', 'get', 10, 30, { kind: 'CLIENT' }),
    { ...span(1, 0, 'cart', 'get', 12, 20, { kind: 'SERVER' }), shared: true },
    span(2, 1, 'cart', 'get', 15, 5, { kind: 'CLIENT', remoteEndpoint: { serviceName: 'redis' }, tags: { error: '' } }),
  ]);
  const { trace: t } = session.build({ rawClocks: false });
  const names = session.reader.records.services.strings;
  assert.deepEqual(
    serviceCalls(t)
      .map(call => `${names[call.from] ?? '-'} > ${names[call.to]} ${call.calls}/${call.errors}`)
      .sort(),
    ['- > web 1/0', 'cart > redis 1/1', 'web > cart 1/0'],
  );
});

test('a session lists the traces of a file, sorts, tells events in order and gives back what came', () => {
  const session = new TraceSession(
    readSpans(toBytes([shopTrace(90, { traceId: '1' }), shopTrace(20, { traceId: 'f'.repeat(32) })])),
  );
  assert.deepEqual(
    session.traces().map(one => [one.traceId, one.spans]),
    [
      ['0000000000000001', 90],
      ['f'.repeat(32), 20],
    ],
  );
  const { trace: t } = session.build({ rawClocks: false, traceId: '1' });
  assert.equal(t.count, 90);
  const order = session.sort('duration', true);
  for (let i = 1; i < order.length; i++) assert.ok(t.duration[order[i - 1]!]! >= t.duration[order[i]!]!);
  const events = session.events();
  assert.equal(events.row.length, 3);
  assert.ok(events.time.every((time, i) => i === 0 || time >= events.time[i - 1]!));
  assert.deepEqual(JSON.parse(new TextDecoder().decode(session.download())), shopTrace(90, { traceId: '1' }));
  assert.equal(JSON.parse(session.json(0, 10)).length, 10);
  const detail = session.detail(0);
  assert.equal(detail.sides[0]?.tags.length, 3);
  assert.equal(JSON.parse(detail.raw[0]!).id, spanId(0));
});

test('statistics group once more within each group', () => {
  const rows = open(trace).stats({ by: 'service' }, { by: 'tag', key: 'shard' });
  assert.deepEqual(rows.map(({ label, within, count }) => [label, within, count]).sort(), [
    ['cart', 'a', 1],
    ['cart', 'b', 1],
    ['db', '', 1],
    ['web', '', 1],
  ]);
});

test('one tag of every row is a column, and rows sort by it', () => {
  const session = open(trace);
  const { value, values } = session.tagColumn('shard');
  assert.deepEqual(
    Array.from(value, number => unpackString(values, number)),
    ['', 'a', '', 'b'],
  );
  assert.deepEqual(Array.from(session.sort('tag:shard', false)), [0, 2, 1, 3]);
  assert.deepEqual(Array.from(session.tagColumn('no such key').value), [-1, -1, -1, -1]);
});
