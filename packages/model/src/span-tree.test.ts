import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { arbitraryTrace, shuffledTrace } from '../test/arbitrary-trace.ts';
import { at, hex, NOON, sharedCall, span } from '../test/build-span.ts';
import { mergeTrace } from './merge-trace.ts';
import type { Span } from './span.ts';
import { breadthFirst, buildSpanTree, preOrder, type SpanNode } from './span-tree.ts';

/** A tree as nested text: id, a star for shared halves, children in brackets. */
function draw(node: SpanNode): string {
  const label = node.span === undefined ? '?' : Number.parseInt(node.span.id, 16) + (node.span.shared ? '*' : '');
  return node.children.length === 0 ? `${label}` : `${label}(${node.children.map(draw).join(' ')})`;
}

function tree(...spans: Span[]): string {
  return draw(buildSpanTree(spans));
}

describe('buildSpanTree', () => {
  it('hangs children below their parents, whatever the order', () => {
    const spans = [span('1'), span('2', { parentId: '1' }), span('3', { parentId: '2' }), span('4', { parentId: '1' })];
    assert.equal(tree(...spans), '1(2(3) 4)');
    assert.equal(tree(...spans.toReversed()), '1(2(3) 4)');
  });

  it('orders children by start, those without one first', () => {
    const child = (id: string, timestamp?: number) => span(id, { parentId: '1', timestamp });
    assert.equal(tree(span('1'), child('2', 30), child('3', 10), child('4', 20), child('5')), '1(5 3 4 2)');
  });

  it('puts the server half below the client half', () => {
    assert.equal(tree(...sharedCall('1', 'web', 'app')), '1(1*)');
    assert.equal(tree(...sharedCall('2', 'web', 'app', '1'), span('1')), '1(2(2*))');
  });

  it('puts spans below the half that was recorded where they were', () => {
    const halves = sharedCall('1', 'web', 'app');
    assert.equal(tree(...halves, span('2', { parentId: '1', localEndpoint: at('app') })), '1(1*(2))');
    assert.equal(tree(...halves, span('2', { parentId: '1', localEndpoint: at('web') })), '1(1* 2)');
    assert.equal(tree(...halves, span('2', { parentId: '1', localEndpoint: at('other') })), '1(1* 2)');
    assert.equal(tree(...halves, span('2', { parentId: '1' })), '1(1* 2)');
  });

  it('goes by the service when addresses differ', () => {
    const child = span('2', { parentId: '1', localEndpoint: { serviceName: 'app', ipv4: '10.0.0.9' } });
    assert.equal(tree(...sharedCall('1', 'web', 'app'), child), '1(1*(2))');
  });

  it('tells servers that share one id apart by endpoint', () => {
    const client = span('1', { kind: 'CLIENT', localEndpoint: at('web') });
    const server = (ipv4: string, timestamp: number) =>
      span('1', { kind: 'SERVER', shared: true, localEndpoint: at('app', ipv4), timestamp });
    const child = (id: string, ipv4: string) => span(id, { parentId: '1', localEndpoint: at('app', ipv4) });
    const spans = [
      client,
      server('10.0.0.1', 1),
      server('10.0.0.2', 2),
      child('2', '10.0.0.2'),
      child('3', '10.0.0.1'),
    ];
    assert.equal(tree(...spans), '1(1*(3) 1*(2))');
  });

  it('tells a great many servers that share one id apart by endpoint', () => {
    const halves = Array.from({ length: 300 }, (_, i) => [
      span('1', { kind: 'SERVER', shared: true, localEndpoint: { serviceName: 'app', port: i + 1 } }),
      span(hex(i + 2), { parentId: '1', localEndpoint: { serviceName: 'app', port: i + 1 } }),
    ]);
    for (const node of preOrder(buildSpanTree(halves.flat()))) {
      if (node.span!.parentId !== undefined) {
        assert.equal(node.parent!.span!.localEndpoint!.port, node.span!.localEndpoint!.port);
      }
    }
  });

  it('hangs spans whose parent was not reported below the root and says so', () => {
    const root = buildSpanTree([span('1'), span('2', { parentId: '9' }), span('3', { parentId: '1' })]);
    assert.equal(draw(root), '1(2 3)');
    assert.deepEqual(
      root.children.map(({ detached }) => detached),
      [true, false],
    );
  });

  it('makes a root when none was reported', () => {
    const root = buildSpanTree([span('2', { parentId: '1' }), span('3', { parentId: '2' })]);
    assert.equal(draw(root), '?(2(3))');
    assert.equal(root.span, undefined);
    assert.equal(draw(buildSpanTree([])), '?');
  });

  it('takes the first of several roots', () => {
    assert.equal(tree(span('3'), span('2'), span('1')), '1(2 3)');
  });

  it('places a shared half without its client by its parent id', () => {
    const server = span('2', { parentId: '1', kind: 'SERVER', shared: true, localEndpoint: at('app') });
    assert.equal(tree(span('1'), server, span('3', { parentId: '2', localEndpoint: at('app') })), '1(2*(3))');
    assert.equal(tree(server), '?(2*)');
  });

  it('keeps both of two spans that have one id', () => {
    const spans = [
      span('2', { parentId: '1', localEndpoint: at('a') }),
      span('2', { parentId: '1', localEndpoint: at('b') }),
    ];
    assert.equal(tree(span('1'), ...spans, span('3', { parentId: '2', localEndpoint: at('b') })), '1(2 2(3))');
  });

  it('cuts loops', () => {
    assert.equal(tree(span('1', { parentId: '2' }), span('2', { parentId: '1' })), '?(1(2))');
    assert.equal(tree(span('1'), span('2', { parentId: '3' }), span('3', { parentId: '2' })), '1(2(3))');
    const loop = Array.from({ length: 5 }, (_, i) => span(hex(i + 2), { parentId: hex(((i + 1) % 5) + 2) }));
    assert.equal(tree(span('1'), ...loop, span('9', { parentId: '4' })), '1(2(6(5(4(3 9)))))');
  });

  it('has every merged span exactly once', () => {
    fc.assert(
      fc.property(arbitraryTrace, spans => {
        const root = buildSpanTree(spans);
        const merged = mergeTrace(spans)
          .map(merged => JSON.stringify(merged))
          .sort();
        for (const order of [preOrder(root), breadthFirst(root)]) {
          assert.deepEqual(order.map(node => JSON.stringify(node.span)).sort(), merged);
          assert.equal(new Set(order).size, order.length);
        }
        for (const node of preOrder(root)) for (const child of node.children) assert.equal(child.parent, node);
      }),
      { numRuns: 1000 },
    );
  });

  it('does not depend on the order of the spans', () => {
    fc.assert(
      fc.property(shuffledTrace, ([spans, shuffled]) => {
        assert.equal(draw(buildSpanTree(shuffled)), draw(buildSpanTree(spans)));
      }),
      { numRuns: 500 },
    );
  });

  const many = 100_000;
  const shapes: Record<string, (i: number) => Span> = {
    'a chain': i => span(hex(i + 1), { parentId: i === 0 ? undefined : hex(i), timestamp: NOON + i }),
    'one parent': i => span(hex(i + 1), { parentId: i === 0 ? undefined : hex(1), timestamp: NOON - i }),
    'a loop': i => span(hex(i + 1), { parentId: hex(((i + 1) % many) + 1) }),
    'missing parents': i => span(hex(i + 1), { parentId: hex(i + many * 2) }),
    'one id': i => span('1', { shared: true, localEndpoint: { serviceName: `s${i}` } }),
  };
  for (const [name, make] of Object.entries(shapes)) {
    it(`takes 100,000 spans of ${name} in well under a second`, () => {
      const spans = Array.from({ length: many }, (_, i) => make(i));
      const start = performance.now();
      const root = buildSpanTree(spans);
      const took = performance.now() - start;
      assert.equal(preOrder(root).length, many);
      assert.equal(breadthFirst(root).length, many);
      // Typically 0.1 s; generous, because other work shares the machine. Quadratic work would take minutes.
      assert(took < 5000, `${took} ms`);
    });
  }
});

describe('the orders of a tree', () => {
  it('are parents first, or level by level', () => {
    const root = buildSpanTree([
      span('1'),
      span('2', { parentId: '1' }),
      span('3', { parentId: '2' }),
      span('4', { parentId: '1' }),
    ]);
    const ids = (nodes: SpanNode[]) => nodes.map(node => Number.parseInt(node.span!.id, 16));
    assert.deepEqual(ids(preOrder(root)), [1, 2, 3, 4]);
    assert.deepEqual(ids(breadthFirst(root)), [1, 2, 4, 3]);
  });
});
