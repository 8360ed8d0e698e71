import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { edgesToCsv } from './csv.ts';
import { buildGraph, edgeHealth, focusGraph } from './graph.ts';
import { readMapState } from './map-url.ts';

const link = (parent: string, child: string, callCount: number, errorCount?: number) => ({
  parent,
  child,
  callCount,
  ...(errorCount !== undefined && { errorCount }),
});
const graph = buildGraph([
  link('web', 'orders', 10),
  link('orders', 'db', 30, 3),
  link('orders', 'bank', 5, 4),
  link('jobs', 'db', 7),
  link('web', 'orders', 2),
  link('orders', 'orders', 1),
]);

describe('the service graph', () => {
  it('sums up links of the same pair and sorts by calls', () => {
    assert.deepEqual(
      graph.edges.map(({ parent, child, calls }) => `${parent}>${child} ${calls}`),
      ['orders>db 30', 'web>orders 12', 'jobs>db 7', 'orders>bank 5', 'orders>orders 1'],
    );
    assert.deepEqual(graph.services, ['bank', 'db', 'jobs', 'orders', 'web']);
    assert.equal(graph.calls, 55);
  });

  it('keeps what a service reaches and what reaches it, within so many hops', () => {
    assert.deepEqual(focusGraph(graph, 'web', 1).services, ['orders', 'web']);
    assert.deepEqual(focusGraph(graph, 'web', 2).services, ['bank', 'db', 'orders', 'web']);
    assert.deepEqual(focusGraph(graph, 'db', Number.POSITIVE_INFINITY).services, ['db', 'jobs', 'orders', 'web']);
    assert.deepEqual(focusGraph(graph, 'nobody', 2).services, []);
  });

  it('ends on cycles, however many hops are asked for', () => {
    const ring = buildGraph(Array.from({ length: 1000 }, (_, i) => link(`s${i}`, `s${(i + 1) % 1000}`, 1)));
    assert.equal(focusGraph(ring, 's0', Number.POSITIVE_INFINITY).services.length, 1000);
  });

  it("judges an edge by Zipkin's two rates", () => {
    const rates = { lowErrorRate: 0.5, highErrorRate: 0.75 };
    const edge = (errors: number) => ({ parent: 'a', child: 'b', calls: 100, errors });
    assert.deepEqual(
      [0, 49, 50, 74, 75, 100].map(errors => edgeHealth(edge(errors), rates)),
      ['ok', 'ok', 'low', 'low', 'high', 'high'],
    );
    assert.equal(edgeHealth(edge(0), { lowErrorRate: 0, highErrorRate: 0 }), 'ok');
  });

  it('writes CSV that spreadsheets do not run', () => {
    const csv = edgesToCsv(buildGraph([link('=cmd()', 'a "b", c', 2, 1)]).edges);
    assert.equal(csv, 'parent,child,callCount,errorCount,errorRate\r\n\'=cmd(),"a ""b"", c",2,1,0.5000\r\n');
  });
});

describe('the address of the map', () => {
  it("reads Lens' startTime and endTime", () => {
    assert.deepEqual(readMapState({ startTime: '1700000000000', endTime: '1700000060000' }).window, {
      startTime: 1_700_000_000_000,
      endTime: 1_700_000_060_000,
    });
    assert.equal(readMapState({ startTime: '2', endTime: '1' }).window, undefined);
    assert.equal(readMapState({ startTime: 'x', endTime: '1' }).window, undefined);
  });

  it('has defaults for everything that it cannot read', () => {
    assert.deepEqual(readMapState({ hops: '0', layout: 'pie', focus: '' }), {
      window: undefined,
      focus: undefined,
      hops: 2,
      layout: undefined,
    });
    assert.equal(readMapState({ hops: 'all' }).hops, Number.POSITIVE_INFINITY);
  });
});
