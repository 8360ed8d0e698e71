import type { Endpoint, Span } from './span.ts';
import { addChild, type MutableSpanNode, makeNode, type SpanNode, sortChildren } from './span-tree.ts';

/** A span whose times were shifted. */
export interface MovedSpan {
  /** In the corrected tree. */
  readonly node: SpanNode;
  /** What was added to its timestamp and annotations. Microseconds, above 0 means later. */
  readonly byMicros: number;
}

export interface CorrectedTree {
  readonly root: SpanNode;
  /** Parents before children. Empty when nothing had to be moved; then `root` is the tree that was given. */
  readonly moved: readonly MovedSpan[];
}

/** How far the clock of the host at `endpoint` has to be moved. */
interface Skew {
  readonly endpoint: Endpoint;
  readonly byMicros: number;
}

/**
 * A tree in which no server starts before its client, by Zipkin's rules (zipkin.md 1.4). Only CLIENT to SERVER pairs on
 * different addresses with both timestamps tell about clocks: a server that is not later than its client is put in the middle
 * of the client's span, or 1 us after its start when it is longer or a duration is unknown. Spans below it recorded at
 * the same address move with it. Trees without a real root or with several roots are left alone: there is no clock to trust.
 *
 * The given tree is not changed.
 */
export function correctClockSkew(root: SpanNode): CorrectedTree {
  const unchanged: CorrectedTree = { root, moved: [] };
  if (root.span === undefined) return unchanged;
  for (const { span } of root.children) {
    if (span !== undefined && span.parentId === undefined && span.shared === undefined) return unchanged;
  }

  const moved: MovedSpan[] = [];
  const movedNodes: MutableSpanNode[] = [];
  const copy = makeNode(root.span);
  copy.detached = root.detached;
  const stack: { from: SpanNode; to: MutableSpanNode; skew: Skew | undefined }[] = [
    { from: root, to: copy, skew: undefined },
  ];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { from, to } = top;
    let { skew } = top;
    let byMicros = 0;
    if (skew !== undefined) byMicros += move(to, skew);
    const ownSkew = findSkew(to);
    if (ownSkew !== undefined) {
      byMicros += move(to, ownSkew);
      skew = ownSkew;
    }
    if (byMicros !== 0) {
      moved.push({ node: to, byMicros });
      movedNodes.push(to);
    }
    for (const child of from.children) {
      const childCopy = makeNode(child.span);
      childCopy.detached = child.detached;
      addChild(to, childCopy);
    }
    for (let i = to.children.length - 1; i >= 0; i--) {
      stack.push({ from: from.children[i]!, to: to.children[i]!, skew });
    }
  }
  if (moved.length === 0) return unchanged;
  for (const parent of new Set(movedNodes.map(node => node.parent!))) sortChildren(parent);
  return { root: copy, moved };
}

function findSkew(node: SpanNode): Skew | undefined {
  const client = node.parent?.span;
  const server = node.span;
  if (client?.kind !== 'CLIENT' || server?.kind !== 'SERVER') return undefined;
  if (client.timestamp === undefined || server.timestamp === undefined) return undefined;
  const ahead = client.timestamp - server.timestamp;
  if (ahead < 0) return undefined;
  const endpoint = server.localEndpoint;
  if (endpoint === undefined || client.localEndpoint === undefined) return undefined;
  if (sameAddress(endpoint, client.localEndpoint)) return undefined;
  if (client.duration === undefined || server.duration === undefined || client.duration < server.duration) {
    return { endpoint, byMicros: ahead + 1 };
  }
  // Both directions of the network are taken to be equally slow.
  const latency = Math.floor((client.duration - server.duration) / 2);
  const byMicros = ahead + latency;
  return byMicros === 0 ? undefined : { endpoint, byMicros };
}

/** Moves a span if it was recorded at the address whose clock is wrong; returns by how much. */
function move(node: MutableSpanNode, { endpoint, byMicros }: Skew): number {
  const span = node.span!;
  if (span.localEndpoint === undefined || !sameAddress(endpoint, span.localEndpoint)) return 0;
  const shifted: { -readonly [K in keyof Span]: Span[K] } = { ...span };
  if (span.timestamp !== undefined) shifted.timestamp = span.timestamp + byMicros;
  if (span.annotations !== undefined) {
    shifted.annotations = span.annotations.map(({ timestamp, value }) => ({ timestamp: timestamp + byMicros, value }));
  }
  node.span = shifted;
  return byMicros;
}

function sameAddress(a: Endpoint, b: Endpoint): boolean {
  return (a.ipv6 !== undefined && a.ipv6 === b.ipv6) || (a.ipv4 !== undefined && a.ipv4 === b.ipv4);
}
