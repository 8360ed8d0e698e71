import { Graph, layout } from '@dagrejs/dagre';
import type { LayoutAnswer, LayoutRequest, Point } from './layout.ts';

/** Layered layout, callers left of what they call. Pure; takes a while for hundreds of nodes, so it runs in a worker. */
export function dagreLayout(request: LayoutRequest): LayoutAnswer {
  const graph = new Graph({ multigraph: false, compound: false });
  graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 70, edgesep: 8, marginx: 16, marginy: 16 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { name, width, height } of request.nodes) graph.setNode(name, { width, height });
  // A loop to itself has no place in a layered layout; the map draws it at the node.
  for (const [parent, child, weight] of request.edges) if (parent !== child) graph.setEdge(parent, child, { weight });
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    nodes: request.nodes.map(({ name }) => pointOf(graph.node(name) as Point)),
    edges: request.edges.map(([parent, child]) => {
      const { points = [] } =
        parent === child ? {} : (graph.edge(parent, child) as { readonly points?: readonly Point[] });
      return points.map(pointOf);
    }),
  };
}

function pointOf({ x, y }: Point): Point {
  return { x, y };
}
