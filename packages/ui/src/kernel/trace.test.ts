import assert from 'node:assert/strict';
import { test } from 'node:test';
import { criticalPath } from './critical-path.ts';
import { leftHeavyFlame, pathTree, timeFlame } from './flame.ts';
import { minimap } from './minimap.ts';
import { readSpans } from './read-spans.ts';
import { groupRepeats } from './repeats.ts';
import { RowText } from './row-text.ts';
import { visibleRows } from './rows.ts';
import { selfTimes } from './self-time.ts';
import { chainTrace, type GeneratedSpan, shopTrace, spanId, toBytes, wideTrace } from './testing/generate.ts';
import { buildTrace, ERROR, LOOP, MISSING_PARENT, NO_DURATION, NO_TIME, PAIR, SKEWED, type Trace } from './trace.ts';

const build = (spans: unknown, options = {}): Trace => buildTrace(readSpans(toBytes(spans)).records, options).trace;
const at = (serviceName: string, ipv4: string): GeneratedSpan['localEndpoint'] => ({ serviceName, ipv4 });

test('rows are in pre-order: children inside their parent, siblings by start', () => {
  const trace = build(shopTrace(3000).reverse());
  assert.equal(trace.count, 3000);
  assert.equal(trace.size[0], 3000);
  for (let i = 1; i < trace.count; i++) {
    const p = trace.parent[i]!;
    assert.ok(p >= 0 && p < i && i < p + trace.size[p]!);
    assert.equal(trace.depth[i], trace.depth[p]! + 1);
    const next = i + trace.size[i]!;
    if (next < trace.count && trace.parent[next] === p) assert.ok(trace.start[next]! >= trace.start[i]!);
  }
});

test('the two halves of a call are one row that knows both sides', () => {
  const trace = build([
    {
      traceId: '1',
      id: '1',
      kind: 'CLIENT',
      name: 'get',
      timestamp: 1000,
      duration: 100,
      localEndpoint: at('web', '10.0.0.1'),
    },
    {
      traceId: '1',
      id: '1',
      kind: 'SERVER',
      shared: true,
      name: 'get /x',
      timestamp: 1020,
      duration: 50,
      localEndpoint: at('api', '10.0.0.2'),
    },
    {
      traceId: '1',
      id: '2',
      parentId: '1',
      name: 'sql',
      timestamp: 1030,
      duration: 10,
      localEndpoint: at('api', '10.0.0.2'),
    },
  ]);
  const text = new RowText(trace);
  assert.equal(trace.count, 2);
  assert.equal(trace.reported, 3);
  assert.equal(trace.flags[0]! & PAIR, PAIR);
  assert.deepEqual([text.service(0), text.client(0), text.name(0)], ['api', 'web', 'get /x']);
  assert.deepEqual(
    [trace.start[0], trace.duration[0], trace.serverStart[0], trace.serverDuration[0]],
    [0, 100, 20, 50],
  );
  assert.equal(trace.parent[1], 0);
});

test('a server that seems to start before its client is moved, and not when raw clocks are asked for', () => {
  const spans = [
    { traceId: '1', id: '1', kind: 'CLIENT', timestamp: 1000, duration: 100, localEndpoint: at('web', '10.0.0.1') },
    {
      traceId: '1',
      id: '1',
      kind: 'SERVER',
      shared: true,
      timestamp: 500,
      duration: 60,
      localEndpoint: at('api', '10.0.0.2'),
      annotations: [{ timestamp: 510, value: 'x' }],
    },
  ];
  const corrected = build(spans);
  assert.equal(corrected.serverStart[0], 20);
  assert.equal(corrected.annotationTime[0], 30);
  assert.equal(corrected.flags[0]! & SKEWED, SKEWED);
  assert.equal(corrected.skewed, 1);
  const raw = build(spans, { rawClocks: true });
  assert.equal(raw.startedAt, 500);
  assert.equal(raw.serverStart[0], 0);
  assert.equal(raw.skewed, 0);
});

test('missing parents, loops and missing times are shown and reported', () => {
  const trace = build([
    { traceId: '1', id: 'a', timestamp: 100, duration: 50 },
    { traceId: '1', id: 'b', parentId: 'ff', timestamp: 110, duration: 5 },
    { traceId: '1', id: 'c', parentId: 'd', timestamp: 120, duration: 5 },
    { traceId: '1', id: 'd', parentId: 'c', timestamp: 121, duration: 5 },
    { traceId: '1', id: 'e', parentId: 'a' },
  ]);
  assert.equal(trace.count, 5);
  const flagged = (bit: number): number => trace.flags.filter(flags => (flags & bit) !== 0).length;
  assert.deepEqual([flagged(MISSING_PARENT), flagged(LOOP), flagged(NO_TIME), flagged(NO_DURATION)], [1, 1, 1, 1]);
  assert.deepEqual(trace.problems.counts, { 'missing-parent': 1, loop: 1, 'no-time': 1 });
  const orphan = trace.problems.listed.find(problem => problem.kind === 'missing-parent');
  assert.equal(orphan?.text, '00000000000000ff');
  assert.equal(new RowText(trace).id(orphan!.row), '000000000000000b');
});

test('one id used by two services that are not client and server keeps both and says so', () => {
  const trace = build([
    { traceId: '1', id: '1', name: 'a', timestamp: 1, duration: 9, localEndpoint: at('a', '10.0.0.1') },
    { traceId: '1', id: '1', name: 'b', timestamp: 2, duration: 5, localEndpoint: at('b', '10.0.0.2') },
  ]);
  assert.equal(trace.count, 2);
  assert.equal(trace.problems.counts['clashing-id'], 1);
});

test('a span named an error by its tag counts, whatever the value of the tag', () => {
  const trace = build([{ traceId: '1', id: '1', tags: { error: '' } }]);
  assert.equal(trace.errors, 1);
  assert.equal(trace.flags[0]! & ERROR, ERROR);
});

test('an empty trace is a trace', () => {
  const trace = build([]);
  assert.equal(trace.count, 0);
  assert.equal(criticalPath(trace).total, 0);
  assert.equal(timeFlame(trace).count, 0);
  assert.equal(minimap(trace, 100, 20).errors.length, 100);
});

const all = (trace: Trace): Parameters<typeof visibleRows>[1] => ({
  root: -1,
  levels: 0,
  collapsed: new Uint8Array(trace.count),
  hiddenServices: undefined,
  matches: undefined,
  window: undefined,
  repeats: undefined,
  openGroups: undefined,
});

for (const [name, spans] of [
  ['a chain 100,000 deep', chainTrace(100_000)],
  ['100,000 children of one parent', wideTrace(100_000)],
  [
    'one loop of 50,000 spans',
    chainTrace(50_000).map((span, i) => ({ ...span, parentId: spanId(i === 0 ? 49_999 : i - 1) })),
  ],
] as const) {
  test(`${name} go through every algorithm without recursion or quadratic time`, () => {
    const started = performance.now();
    const trace = build(spans);
    assert.equal(trace.count, spans.length);
    const self = selfTimes(trace);
    const repeats = groupRepeats(trace);
    assert.ok(
      visibleRows(trace, { ...all(trace), repeats, openGroups: new Uint8Array(repeats.count).fill(1) }).length >=
        spans.length,
    );
    const path = criticalPath(trace);
    assert.ok(path.total > 0 && path.total <= trace.traceDuration);
    assert.equal(timeFlame(trace).count, spans.length);
    assert.ok(leftHeavyFlame(pathTree(trace, self)).count > 0);
    minimap(trace, 1000, 44);
    // About 1.5 s on two busy cores; what this guards against takes minutes.
    assert.ok(performance.now() - started < 15_000);
  });
}

test('the critical path never overlaps itself and its parts add up', () => {
  const trace = build(shopTrace(5000));
  const path = criticalPath(trace);
  for (let i = 1; i < path.row.length; i++) assert.ok(path.from[i]! >= path.to[i - 1]!);
  assert.equal(path.total, trace.duration[0]);
});
