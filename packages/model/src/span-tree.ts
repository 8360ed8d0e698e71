import { sameEndpoint } from './endpoint.ts';
import { mergeTrace } from './merge-trace.ts';
import type { Span } from './span.ts';

/** A span in its place in a trace. Client and server halves of one call are two nodes, the server below the client. */
export interface SpanNode {
  /** Merged. Absent on the synthetic root of a trace whose root was not reported. */
  readonly span: Span | undefined;
  readonly parent: SpanNode | undefined;
  /** By start, earliest first; those without one before the others. */
  readonly children: readonly SpanNode[];
  /** Hangs below the root only because its real parent is unknown, not reported, or its own descendant. */
  readonly detached: boolean;
}

/** A node while the tree is built. */
export interface MutableSpanNode extends SpanNode {
  span: Span | undefined;
  parent: MutableSpanNode | undefined;
  children: MutableSpanNode[];
  detached: boolean;
}

const NO_CHILDREN: MutableSpanNode[] = [];

export function makeNode(span: Span | undefined): MutableSpanNode {
  return { span, parent: undefined, children: NO_CHILDREN, detached: false };
}

export function addChild(parent: MutableSpanNode, child: MutableSpanNode): void {
  child.parent = parent;
  if (parent.children === NO_CHILDREN) parent.children = [child];
  else parent.children.push(child);
}

/**
 * The tree of one trace's spans, merged first (`mergeTrace`). Each merged span is in the tree exactly once, whatever the
 * input: parents that are missing, loops, and ids used twice. Time and memory grow with the number of spans, not with depth
 * or fan-out.
 *
 * The first span without a parent is the root; other spans whose parent is not in the trace hang below it. Without such a span
 * the root is synthetic. A shared span is the child of the span whose id it shares. A span whose parent id is shared belongs to
 * the half that was recorded by its own endpoint, else by its own service, else to the client half. zipkin.md 4.1; unlike
 * Zipkin, a shared span without a client half is placed by its parent id, and a node that Zipkin would drop or overwrite
 * because its id is taken is kept.
 */
export function buildSpanTree(spans: readonly Span[]): SpanNode {
  const merged = mergeTrace(spans);
  const nodes = merged.map(makeNode);
  const rootIndex = merged.findIndex(span => span.parentId === undefined && span.shared === undefined);
  const root = rootIndex < 0 ? makeNode(undefined) : nodes[rootIndex]!;
  const ids = new SpanIds(nodes);
  for (const node of nodes) if (node !== root) node.parent = ids.parentOf(node);
  detachLoops(nodes);
  for (const node of nodes) {
    if (node === root) continue;
    node.detached = node.parent === undefined;
    addChild(node.parent ?? root, node);
  }
  sortChildren(root);
  for (const node of nodes) sortChildren(node);
  return root;
}

/** Ids are rarely used more than twice; above this many nodes an index replaces the scan. */
const MAX_SCAN = 8;

/** Finds parents among nodes that are sorted by id, as `mergeTrace` leaves them. */
class SpanIds {
  readonly #nodes: readonly MutableSpanNode[];
  /** Where the nodes of each id start. */
  readonly #first = new Map<string, number>();
  /** For ids of many nodes, made when first asked for: the first node of each endpoint and of each service. */
  readonly #places = new Map<string, ReadonlyMap<string, MutableSpanNode>>();

  constructor(nodes: readonly MutableSpanNode[]) {
    this.#nodes = nodes;
    let previous: string | undefined;
    for (let i = 0; i < nodes.length; i++) {
      const { id } = nodes[i]!.span!;
      if (id !== previous) this.#first.set(id, i);
      previous = id;
    }
  }

  /** Undefined for a root, and when the parent is not in the trace. */
  parentOf(node: MutableSpanNode): MutableSpanNode | undefined {
    const span = node.span!;
    if (span.shared) {
      const client = this.#nodes[this.#first.get(span.id)!]!;
      // Unshared ones come first.
      if (!client.span!.shared) return client;
      const parent = span.parentId === undefined ? undefined : this.#first.get(span.parentId);
      return parent === undefined ? undefined : this.#nodes[parent];
    }
    const first = span.parentId === undefined ? undefined : this.#first.get(span.parentId);
    if (first === undefined) return undefined;
    const second = this.#nodes[first + 1]?.span;
    if (second === undefined || second.id !== span.parentId) return this.#nodes[first];
    return this.#inSamePlace(span, first) ?? this.#nodes[first];
  }

  /** The node of the parent id that was recorded where `span` was: the same endpoint before the same service, a shared half before others. */
  #inSamePlace(span: Span, first: number): MutableSpanNode | undefined {
    const nodes = this.#nodes;
    if (nodes[first + MAX_SCAN]?.span?.id === span.parentId) return this.#lookUp(span, first);
    let best: MutableSpanNode | undefined;
    let bestRank = 0;
    for (let i = first; i < nodes.length && nodes[i]!.span!.id === span.parentId; i++) {
      const rank = placeRank(nodes[i]!.span!, span);
      if (rank > bestRank) {
        best = nodes[i];
        bestRank = rank;
      }
    }
    return best;
  }

  #lookUp(span: Span, first: number): MutableSpanNode | undefined {
    let places = this.#places.get(span.parentId!);
    if (places === undefined) {
      places = indexPlaces(this.#nodes, first);
      this.#places.set(span.parentId!, places);
    }
    const node = places.get(endpointKey(true, span)) ?? places.get(endpointKey(undefined, span));
    if (node !== undefined || span.localEndpoint?.serviceName === undefined) return node;
    return places.get(serviceKey(true, span)) ?? places.get(serviceKey(undefined, span));
  }
}

function placeRank(candidate: Span, span: Span): number {
  const shared = candidate.shared ? 1 : 0;
  if (sameEndpoint(candidate.localEndpoint, span.localEndpoint)) return 3 + shared;
  const service = span.localEndpoint?.serviceName;
  return service !== undefined && service === candidate.localEndpoint?.serviceName ? 1 + shared : 0;
}

function indexPlaces(nodes: readonly MutableSpanNode[], first: number): ReadonlyMap<string, MutableSpanNode> {
  const places = new Map<string, MutableSpanNode>();
  const { id } = nodes[first]!.span!;
  for (let i = first; i < nodes.length && nodes[i]!.span!.id === id; i++) {
    const span = nodes[i]!.span!;
    for (const key of [endpointKey(span.shared, span), serviceKey(span.shared, span)]) {
      if (!places.has(key)) places.set(key, nodes[i]!);
    }
  }
  return places;
}

function serviceKey(shared: true | undefined, span: Span): string {
  return JSON.stringify([shared === true, span.localEndpoint?.serviceName]);
}

function endpointKey(shared: true | undefined, { localEndpoint: at }: Span): string {
  return JSON.stringify([shared === true, at?.serviceName, at?.ipv4, at?.ipv6, at?.port]);
}

/** Cuts each loop at the node where a walk towards the root first meets it. */
function detachLoops(nodes: readonly MutableSpanNode[]): void {
  const walkOf = new Map<MutableSpanNode, number>();
  for (const [walk, start] of nodes.entries()) {
    let node: MutableSpanNode | undefined = start;
    while (node !== undefined && !walkOf.has(node)) {
      walkOf.set(node, walk);
      node = node.parent;
    }
    if (node !== undefined && walkOf.get(node) === walk) node.parent = undefined;
  }
}

/** Puts children in the order that `SpanNode` promises. */
export function sortChildren(node: MutableSpanNode): void {
  const { children } = node;
  for (let i = 1; i < children.length; i++) {
    if (startOf(children[i - 1]!) > startOf(children[i]!)) {
      children.sort((a, b) => startOf(a) - startOf(b));
      return;
    }
  }
}

function startOf({ span }: SpanNode): number {
  return span?.timestamp ?? span?.annotations?.[0]?.timestamp ?? 0;
}

/** All nodes that have a span, each before its children, children in order. */
export function preOrder(root: SpanNode): SpanNode[] {
  const result: SpanNode[] = [];
  const stack = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.span !== undefined) result.push(node);
    for (let i = node.children.length - 1; i >= 0; i--) stack.push(node.children[i]!);
  }
  return result;
}

/** All nodes that have a span, level by level. */
export function breadthFirst(root: SpanNode): SpanNode[] {
  const queue = [root];
  for (let i = 0; i < queue.length; i++) for (const child of queue[i]!.children) queue.push(child);
  if (root.span === undefined) queue.shift();
  return queue;
}
