import { lowTraceId } from './ids.ts';
import type { DependencyLink, Span } from './span.ts';
import { buildSpanTree, type SpanNode } from './span-tree.ts';

/** The links of one trace's spans. Sorted by parent, then child. See `DependencyLinker.addTrace`. */
export function linkSpans(spans: readonly Span[]): DependencyLink[] {
  return new DependencyLinker().addTrace(spans).links();
}

/** Spans by the low 64 bits of their trace ids, so that a trace of mixed id lengths stays one trace. */
export function groupByLowTraceId(spans: Iterable<Span>): Map<string, Span[]> {
  const traces = new Map<string, Span[]>();
  for (const span of spans) {
    const id = lowTraceId(span.traceId);
    const trace = traces.get(id);
    if (trace === undefined) traces.set(id, [span]);
    else trace.push(span);
  }
  return traces;
}

interface Counts {
  calls: number;
  errors: number;
}

/** Sums the calls between services over many traces. zipkin.md 4. */
export class DependencyLinker {
  readonly #counts = new Map<string, Map<string, Counts>>();

  /**
   * Adds the calls of one trace: all its spans, in any order, unmerged.
   *
   * A call is counted once, at the server's half if there is one below the client's. RPC: the caller is the service of the
   * nearest ancestor that has a kind, or else the remote service that the span names. Messaging: each side is linked to its
   * broker and never to the other side. A span of no kind that names both services counts as a client. A service that calls
   * itself is a link. A call failed when an `error` tag is on it, whatever its value.
   */
  addTrace(spans: readonly Span[]): this {
    if (spans.length === 0) return this;
    const root = buildSpanTree(spans);
    const queue: SpanNode[] = [root];
    // callers[i] is the nearest span with a kind above queue[i]; carried down, because walking up from every node would
    // take the square of the depth.
    const callers: (Span | undefined)[] = [undefined];
    for (let i = 0; i < queue.length; i++) {
      const node = queue[i]!;
      const caller = callers[i];
      if (node.span !== undefined) this.#addCall(node.span, caller, node === root, node.children.length > 0);
      const callerBelow = node.span?.kind === undefined ? caller : node.span;
      for (const child of node.children) {
        queue.push(child);
        callers.push(callerBelow);
      }
    }
    return this;
  }

  /** Adds links that were counted before. */
  addLinks(links: Iterable<DependencyLink>): this {
    for (const link of links) this.#count(link.parent, link.child, link.callCount, link.errorCount ?? 0);
    return this;
  }

  /** What was added, summed. Sorted by parent, then child. */
  links(): DependencyLink[] {
    const links: DependencyLink[] = [];
    for (const [parent, children] of this.#counts) {
      for (const [child, { calls, errors }] of children) {
        links.push({ parent, child, callCount: calls, ...(errors > 0 && { errorCount: errors }) });
      }
    }
    return links.sort((a, b) => compare(a.parent, b.parent) || compare(a.child, b.child));
  }

  #addCall(span: Span, caller: Span | undefined, isRoot: boolean, hasChildren: boolean): void {
    const local = span.localEndpoint?.serviceName;
    const remote = span.remoteEndpoint?.serviceName;
    let kind = span.kind;
    if (kind === undefined) {
      if (local === undefined || remote === undefined) return;
      kind = 'CLIENT';
    } else if (kind === 'CLIENT' && hasChildren) {
      return;
    }
    let failed = hasErrorTag(span);
    const isCallee = kind === 'SERVER' || kind === 'CONSUMER';
    let parent = isCallee ? remote : local;
    const child = isCallee ? local : remote;
    if (kind === 'PRODUCER' || kind === 'CONSUMER') {
      this.#addLink(parent, child, failed);
      return;
    }
    if (kind === 'SERVER' && isRoot && parent === undefined) return;
    const callerName = caller?.localEndpoint?.serviceName;
    if (caller !== undefined && callerName !== undefined) {
      // The service that sent this call was itself called, by someone who recorded no span for it.
      if (kind === 'CLIENT' && local !== undefined && callerName !== local) this.#addLink(callerName, local, false);
      if (kind === 'SERVER' || parent === undefined) parent = callerName;
      failed ||= caller.kind === 'CLIENT' && span.parentId === caller.id && hasErrorTag(caller);
    }
    this.#addLink(parent, child, failed);
  }

  /** Counts a call when both sides are known. */
  #addLink(parent: string | undefined, child: string | undefined, failed: boolean): void {
    if (parent !== undefined && child !== undefined) this.#count(parent, child, 1, failed ? 1 : 0);
  }

  #count(parent: string, child: string, calls: number, errors: number): void {
    let children = this.#counts.get(parent);
    if (children === undefined) {
      children = new Map();
      this.#counts.set(parent, children);
    }
    const counts = children.get(child);
    if (counts === undefined) {
      children.set(child, { calls, errors });
    } else {
      counts.calls += calls;
      counts.errors += errors;
    }
  }
}

function hasErrorTag(span: Span): boolean {
  return span.tags !== undefined && Object.hasOwn(span.tags, 'error');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
