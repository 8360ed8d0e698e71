import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  buildSpanTree,
  correctClockSkew,
  mergeTrace,
  criticalPath as modelPath,
  selfTimes as modelSelfTimes,
  normalizeSpan,
  preOrder,
  type Span,
  type SpanNode,
} from '@tracekin/model';
import fc from 'fast-check';
import { criticalPath } from './critical-path.ts';
import { mergeRecords } from './merge.ts';
import { Problems } from './problems.ts';
import { readSpans } from './read-spans.ts';
import { KINDS, RECORD_HAS_PARENT, RECORD_SHARED } from './records.ts';
import { selfTimes } from './self-time.ts';
import { clockSkew } from './skew.ts';
import { formatSpanId } from './span-id.ts';
import { toBytes } from './testing/generate.ts';
import { buildTrace } from './trace.ts';
import { buildTree, preOrder as kernelPreOrder } from './tree.ts';

// The kernel repeats the model's rules over columns, because an object per span is too slow for 100,000 of them. These tests
// are what keeps the two the same.

const id = (n: number): string => n.toString(16).padStart(16, '0');

const anySpan = fc
  .record({
    id: fc.integer({ min: 1, max: 7 }),
    parent: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
    kind: fc.constantFrom('CLIENT', 'SERVER', 'SERVER', 'PRODUCER', undefined),
    shared: fc.boolean(),
    service: fc.constantFrom('a', 'b', 'c', undefined),
    ip: fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3', undefined),
    timestamp: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
    duration: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
    name: fc.constantFrom('x', 'y', undefined),
  })
  .map(
    (s): Span =>
      normalizeSpan({
        traceId: 'abcd',
        id: id(s.id),
        parentId: s.parent === undefined ? undefined : id(s.parent),
        kind: s.kind as Span['kind'],
        name: s.name,
        timestamp: s.timestamp === undefined ? undefined : 1_000_000 + s.timestamp,
        duration: s.duration,
        shared: s.shared,
        localEndpoint: { serviceName: s.service, ipv4: s.ip },
      }),
  );

const anyTrace = fc.array(anySpan, { minLength: 1, maxLength: 14 });

function describeModel(span: Span, shift: number): string {
  const { localEndpoint: at } = span;
  const start = span.timestamp === undefined ? 0 : span.timestamp + shift;
  return [
    span.id,
    span.parentId ?? '',
    span.shared === true,
    span.kind ?? '',
    span.name ?? '',
    start,
    span.duration ?? 0,
    at?.serviceName ?? '',
    at?.ipv4 ?? '',
  ].join(' ');
}

function kernelSpans(spans: readonly Span[]): {
  describe: (s: number, shift?: number) => string;
  count: number;
  parent: Int32Array;
  shift: Float64Array;
} {
  const { records } = readSpans(toBytes(spans));
  const merged = mergeRecords(records, undefined, new Problems());
  const tree = buildTree(merged);
  const order = kernelPreOrder(tree.parent, new Float64Array(merged.count));
  const shift = clockSkew(records, merged, tree, order);
  const describe = (s: number, by = 0): string => {
    const flags = merged.flags.at(s);
    const endpoint = merged.endpoint.at(s);
    const start = merged.timestamp.at(s);
    return [
      formatSpanId(merged.idHi.at(s), merged.idLo.at(s)),
      (flags & RECORD_HAS_PARENT) === 0 ? '' : formatSpanId(merged.parentHi.at(s), merged.parentLo.at(s)),
      (flags & RECORD_SHARED) !== 0,
      KINDS[merged.kind.at(s)] ?? '',
      records.names.strings[merged.name.at(s)] ?? '',
      start === 0 ? 0 : start + by,
      merged.duration.at(s),
      records.services.strings[merged.service.at(s)] ?? '',
      endpoint < 0 ? '' : records.endpoints.ipv4[endpoint],
    ].join(' ');
  };
  return { describe, count: merged.count, parent: tree.parent, shift };
}

test('pieces are merged as the model merges them', () => {
  fc.assert(
    fc.property(anyTrace, spans => {
      const kernel = kernelSpans(spans);
      const ours = Array.from({ length: kernel.count }, (_, s) => kernel.describe(s)).sort();
      assert.deepEqual(
        ours,
        mergeTrace(spans)
          .map(span => describeModel(span, 0))
          .sort(),
      );
    }),
    { numRuns: 500 },
  );
});

test('every span has the parent that the model gives it', () => {
  fc.assert(
    fc.property(anyTrace, spans => {
      const kernel = kernelSpans(spans);
      const pair = (child: string, parent: string): string => `${child} <- ${parent}`;
      const ours = Array.from({ length: kernel.count }, (_, s) => {
        const parent = kernel.parent[s] as number;
        return pair(kernel.describe(s), parent < 0 ? '' : kernel.describe(parent));
      }).sort();
      const theirs = preOrder(buildSpanTree(spans))
        .map(node => {
          const parent = node.detached ? undefined : node.parent?.span;
          return pair(describeModel(node.span!, 0), parent === undefined ? '' : describeModel(parent, 0));
        })
        .sort();
      assert.deepEqual(ours, theirs);
    }),
    { numRuns: 500 },
  );
});

test('clocks are corrected as the model corrects them', () => {
  fc.assert(
    fc.property(anyTrace, spans => {
      const kernel = kernelSpans(spans);
      const ours = Array.from({ length: kernel.count }, (_, s) => kernel.describe(s, kernel.shift[s])).sort();
      const theirs = preOrder(correctClockSkew(buildSpanTree(spans)).root)
        .map(node => describeModel(node.span!, 0))
        .sort();
      assert.deepEqual(ours, theirs);
    }),
    { numRuns: 500 },
  );
});

/** Traces without halves that share an id: there one row of the kernel is one node of the model. */
const plainTrace = fc.array(anySpan, { minLength: 1, maxLength: 12 }).map(spans => {
  const seen = new Set<string>();
  const plain = spans
    .map(({ shared: _, ...span }) => ({ ...span, kind: undefined }) as Span)
    .filter(span => !seen.has(span.id) && seen.add(span.id));
  const [first, ...rest] = plain as [Span, ...Span[]];
  const { parentId: _, ...root } = first;
  // No two starts or ends are the same: which of two equal children is on the path is nobody's rule.
  const apart = (span: Span, i: number): Span => ({
    ...span,
    ...(span.timestamp !== undefined && { timestamp: 1_000_000 + (span.timestamp - 1_000_000) * 100 + i }),
    ...(span.duration !== undefined && { duration: span.duration * 100 + 37 * i }),
    parentId: span.parentId ?? first.id,
  });
  return [{ ...root, timestamp: 1_001_050, duration: 4013 }, ...rest.map((span, i) => apart(span, i + 1))] as Span[];
});

test('the critical path is the model’s', () => {
  fc.assert(
    fc.property(plainTrace, spans => {
      const { trace } = buildTrace(readSpans(toBytes(spans)).records, { rawClocks: true });
      const path = criticalPath(trace);
      const ours = Array.from(path.row, (row, i) => {
        return `${formatSpanId(trace.idHi[row]!, trace.idLo[row]!)} ${path.from[i]! + trace.startedAt} ${path.to[i]! + trace.startedAt}`;
      });
      const theirs = modelPath(buildSpanTree(spans)).map(
        segment => `${segment.span.id} ${segment.start} ${segment.end}`,
      );
      assert.deepEqual(ours, theirs);
    }),
    { numRuns: 500 },
  );
});

test('self times are the model’s, where no span has lost its parent', () => {
  fc.assert(
    fc.property(plainTrace, spans => {
      const tree = buildSpanTree(spans);
      fc.pre(!preOrder(tree).some(node => node.detached));
      const { trace } = buildTrace(readSpans(toBytes(spans)).records, { rawClocks: true });
      const self = selfTimes(trace);
      const ours = new Map(
        Array.from({ length: trace.count }, (_, i) => [formatSpanId(trace.idHi[i]!, trace.idLo[i]!), self[i]]),
      );
      for (const [node, time] of modelSelfTimes(tree) as Map<SpanNode, number>)
        assert.equal(ours.get(node.span!.id), time);
    }),
    { numRuns: 300 },
  );
});
