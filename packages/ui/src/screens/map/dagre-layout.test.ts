import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dagreLayout } from './dagre-layout.ts';
import { directPath, loopPath, smoothPath } from './edge-path.ts';
import { NODE_HEIGHT, nodeWidth, shortName } from './layout.ts';

const nodes = (names: readonly string[]) => names.map(name => ({ name, width: nodeWidth(name), height: NODE_HEIGHT }));

describe('the layout of the map', () => {
  it('puts callers left of what they call and lets no boxes overlap', () => {
    const names = ['web', 'orders', 'cart', 'db'];
    const answer = dagreLayout({
      nodes: nodes(names),
      edges: [
        ['web', 'orders', 1],
        ['web', 'cart', 1],
        ['orders', 'db', 1],
        ['cart', 'db', 1],
      ],
    });
    const [web, orders, cart, db] = answer.nodes;
    assert.ok(web!.x < orders!.x && orders!.x < db!.x && cart!.x < db!.x);
    assert.ok(Math.abs(orders!.y - cart!.y) >= NODE_HEIGHT);
    for (const { x, y } of answer.nodes) assert.ok(x > 0 && x < answer.width && y > 0 && y < answer.height);
  });

  it('survives cycles, calls to oneself and services without any call', () => {
    const answer = dagreLayout({
      nodes: nodes(['a', 'b', 'alone']),
      edges: [
        ['a', 'b', 1],
        ['b', 'a', 1],
        ['a', 'a', 1],
      ],
    });
    assert.deepEqual(answer.edges[2], []);
    assert.ok(
      answer.edges[0]!.length >= 2 && answer.nodes.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)),
    );
  });

  it('places 300 services, the most that are drawn, each within the picture', () => {
    const names = Array.from({ length: 300 }, (_, i) => `service-${i}`);
    const edges = Array.from({ length: 600 }, (_, i) => [names[i % 300]!, names[(i * 7 + 11) % 300]!, 1] as const);
    const answer = dagreLayout({ nodes: nodes(names), edges });
    assert.equal(answer.nodes.length, 300);
    for (const { x, y } of answer.nodes) assert.ok(x > 0 && x < answer.width && y > 0 && y < answer.height);
  });
});

describe('lines of the map', () => {
  it('go from the first corner to the last', () => {
    assert.equal(
      smoothPath([
        { x: 0, y: 0 },
        { x: 10, y: 0 },
        { x: 10, y: 10 },
      ]),
      'M0 0Q10 0 10 5L10 10',
    );
    assert.equal(smoothPath([]), '');
  });

  it('leave a box at its right side and reach the next at its left', () => {
    assert.match(directPath('a', { x: 0, y: 0 }, 'b', { x: 300, y: 50 }), /^M21 0C.* 279 50$/);
    assert.match(loopPath('a', { x: 0, y: 0 }), /^M/);
  });

  it('carry names that are cut before they grow out of their box', () => {
    assert.equal(shortName('x'.repeat(40)).length, 26);
    assert.equal(nodeWidth('x'.repeat(40)), nodeWidth('x'.repeat(26)));
  });
});
