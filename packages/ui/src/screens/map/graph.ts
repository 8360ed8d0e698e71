import type { DependencyLink } from '@tracekin/model';

/** A caller and a callee; links of the same pair are summed up. */
export interface Edge {
  readonly parent: string;
  readonly child: string;
  readonly calls: number;
  readonly errors: number;
  /** Duration of the call that 95 % do not exceed, as its caller saw it; microseconds. Absent where that is not known. */
  readonly p95?: number | undefined;
}

/** Services and who calls whom. */
export interface ServiceGraph {
  /** Sorted by name. */
  readonly services: readonly string[];
  /** Most calls first. */
  readonly edges: readonly Edge[];
  readonly calls: number;
  /** Edges that start at the service. */
  readonly uses: (service: string) => readonly Edge[];
  /** Edges that end at it. */
  readonly usedBy: (service: string) => readonly Edge[];
}

/** How long the calls between two services take. */
export interface CallDuration {
  readonly serviceName?: string | undefined;
  readonly remoteServiceName?: string | undefined;
  readonly p95?: number | undefined;
}

export function buildGraph(links: readonly DependencyLink[], durations: readonly CallDuration[] = []): ServiceGraph {
  const p95 = new Map(durations.map(call => [JSON.stringify([call.serviceName, call.remoteServiceName]), call.p95]));
  const byPair = new Map<
    string,
    { parent: string; child: string; calls: number; errors: number; p95?: number | undefined }
  >();
  for (const { parent, child, callCount, errorCount = 0 } of links) {
    const key = JSON.stringify([parent, child]);
    const edge = byPair.get(key);
    if (edge === undefined) byPair.set(key, { parent, child, calls: callCount, errors: errorCount, p95: p95.get(key) });
    else {
      edge.calls += callCount;
      edge.errors += errorCount;
    }
  }
  return graphOf([...byPair.values()]);
}

function graphOf(unsorted: readonly Edge[]): ServiceGraph {
  const edges = unsorted.toSorted(
    (a, b) => b.calls - a.calls || compare(a.parent, b.parent) || compare(a.child, b.child),
  );
  const out = Map.groupBy(edges, ({ parent }) => parent);
  const into = Map.groupBy(edges, ({ child }) => child);
  return {
    services: [...new Set([...out.keys(), ...into.keys()])].sort(compare),
    edges,
    calls: edges.reduce((sum, { calls }) => sum + calls, 0),
    uses: service => out.get(service) ?? [],
    usedBy: service => into.get(service) ?? [],
  };
}

/** The part within `hops` calls of a service: what it reaches and what reaches it, not their other neighbours. */
export function focusGraph(graph: ServiceGraph, service: string, hops: number): ServiceGraph {
  const kept = new Set<Edge>();
  for (const [follow, end] of [
    [graph.uses, 'child'],
    [graph.usedBy, 'parent'],
  ] as const) {
    const seen = new Set([service]);
    let border = [service];
    for (let hop = 0; hop < hops && border.length > 0; hop++) {
      const next: string[] = [];
      for (const edge of border.flatMap(follow)) {
        kept.add(edge);
        if (!seen.has(edge[end])) {
          seen.add(edge[end]);
          next.push(edge[end]);
        }
      }
      border = next;
    }
  }
  return graphOf([...kept]);
}

export type Health = 'ok' | 'low' | 'high';

export function errorRate({ calls, errors }: Edge): number {
  return calls === 0 ? 0 : errors / calls;
}

/** Zipkin's two thresholds (`dependency.lowErrorRate`, `highErrorRate` of config.json). */
export function edgeHealth(
  edge: Edge,
  rates: { readonly lowErrorRate: number; readonly highErrorRate: number },
): Health {
  const rate = errorRate(edge);
  return rate >= rates.highErrorRate && edge.errors > 0
    ? 'high'
    : rate >= rates.lowErrorRate && edge.errors > 0
      ? 'low'
      : 'ok';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The service that takes part in the most calls; undefined on an empty map. */
export function busiestService(graph: ServiceGraph): string | undefined {
  const calls = (service: string): number =>
    [...graph.uses(service), ...graph.usedBy(service)].reduce((sum, edge) => sum + edge.calls, 0);
  return graph.services.toSorted((a, b) => calls(b) - calls(a))[0];
}
