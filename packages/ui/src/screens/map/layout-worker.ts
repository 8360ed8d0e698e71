import { Graph, layout } from '@dagrejs/dagre';
import type { LayoutAnswer, LayoutRequest } from './layout.ts';

self.onmessage = ({ data }: MessageEvent<LayoutRequest>): void => {
  const graph = new Graph({ multigraph: false, compound: false });
  graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 70, edgesep: 8, marginx: 16, marginy: 16 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { name, width, height } of data.nodes) graph.setNode(name, { width, height });
  // A loop to itself has no place in a layered layout; the map draws it at the node.
  for (const [parent, child, weight] of data.edges) if (parent !== child) graph.setEdge(parent, child, { weight });
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  const answer: LayoutAnswer = {
    width,
    height,
    nodes: data.nodes.map(({ name }) => {
      const { x, y } = graph.node(name) as { x: number; y: number };
      return { x, y };
    }),
    edges: data.edges.map(([parent, child]) => {
      const { points = [] } =
        parent === child ? {} : (graph.edge(parent, child) as { points?: { x: number; y: number }[] });
      return points.map(({ x, y }) => ({ x, y }));
    }),
  };
  postMessage(answer);
};
