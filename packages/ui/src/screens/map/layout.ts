import type { ServiceGraph } from './graph.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface LayoutRequest {
  readonly nodes: readonly { readonly name: string; readonly width: number; readonly height: number }[];
  readonly edges: readonly (readonly [parent: string, child: string, weight: number])[];
}

/** Centres of the nodes and corners of the edges, in the order of the request. */
export interface LayoutAnswer {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly Point[];
  readonly edges: readonly (readonly Point[])[];
}

export interface MapLayout {
  readonly width: number;
  readonly height: number;
  readonly places: ReadonlyMap<string, Point>;
  /** By index of the graph's edges; empty for a call to itself. */
  readonly paths: readonly (readonly Point[])[];
}

export const NODE_HEIGHT = 28;
const LONGEST_NAME = 26;
/** The service's colour to the left of its name, and the margins. */
const BESIDE_NAME = 34;

const widths = new Map<string, number>();
let canvas: CanvasRenderingContext2D | null | undefined;

/** Width of a node's box for its (shortened) name in the page's font, CSS pixels. Without a document it is estimated. */
export function nodeWidth(name: string): number {
  const text = shortName(name);
  let width = widths.get(text);
  if (width === undefined) {
    canvas ??= typeof document === 'undefined' ? null : document.createElement('canvas').getContext('2d');
    if (canvas != null) canvas.font = getComputedStyle(document.body).font;
    width = Math.ceil(canvas?.measureText(text).width ?? text.length * 7.3) + BESIDE_NAME;
    widths.set(text, width);
  }
  return width;
}

export function shortName(name: string): string {
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1)}…`;
}

/** Places callers left of what they call. Runs in a worker of its own, which ends with the answer or the abort. */
export function layoutGraph(graph: ServiceGraph, signal: AbortSignal): Promise<MapLayout> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./layout-worker.ts', import.meta.url), { type: 'module' });
    const end = (): void => worker.terminate();
    signal.addEventListener('abort', () => {
      end();
      reject(signal.reason);
    });
    worker.onerror = ({ message }) => {
      end();
      reject(new Error(message));
    };
    worker.onmessage = ({ data }: MessageEvent<LayoutAnswer>) => {
      end();
      resolve({
        width: data.width,
        height: data.height,
        places: new Map(graph.services.map((name, index) => [name, data.nodes[index]!])),
        paths: data.edges,
      });
    };
    worker.postMessage({
      nodes: graph.services.map(name => ({ name, width: nodeWidth(name), height: NODE_HEIGHT })),
      edges: graph.edges.map(({ parent, child, calls }) => [parent, child, 1 + Math.log10(calls + 1)]),
    } satisfies LayoutRequest);
  });
}
