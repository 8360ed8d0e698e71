import type { Trace } from './trace.ts';

/** Boxes of a flame picture; box `i` belongs to row `row[i]` (time order) or to all rows of one path (aggregated). */
export interface Flame {
  readonly count: number;
  /** In µs, or in summed µs when aggregated. */
  readonly left: Float64Array;
  readonly width: Float64Array;
  /** 0 is the top line. */
  readonly line: Int32Array;
  readonly lines: number;
  /** Number in `trace.services`. */
  readonly service: Int32Array;
  readonly name: Int32Array;
  /** A row to show when the box is chosen: the only or the longest one. */
  readonly row: Int32Array;
  /** Rows that went into the box. */
  readonly rows: Int32Array;
  /** Part of the width that no child has. */
  readonly self: Float64Array;
  /** All of the picture. */
  readonly total: number;
}

/** How many stacked lines are tried before children overlap: 10,000 parallel calls must not make 10,000 lines. */
const MOST_SHELVES = 48;

/**
 * Time across, callers above callees. Children that run at the same time are stacked as whole blocks, so that what stands
 * directly below a box, in its time, belongs to it.
 */
export function timeFlame(trace: Trace): Flame {
  const { count, parent, size, start, duration } = trace;
  /** Lines a subtree needs, and when it ends. */
  const height = new Int32Array(count).fill(1);
  const end = new Float64Array(count);
  const offset = new Int32Array(count);
  const shelfEnd: number[] = [];
  const shelfTop: number[] = [];
  const shelfHeight: number[] = [];
  for (let i = count - 1; i >= 0; i--) {
    end[i] = Math.max(end[i] as number, (start[i] as number) + (duration[i] as number));
    if ((size[i] as number) > 1) height[i] = 1 + stackChildren(i + 1, i + (size[i] as number));
    const p = parent[i] as number;
    if (p >= 0) end[p] = Math.max(end[p] as number, end[i] as number);
  }
  function stackChildren(first: number, stop: number): number {
    shelfEnd.length = 0;
    shelfTop.length = 0;
    shelfHeight.length = 0;
    let total = 0;
    for (let child = first; child < stop; child += size[child] as number) {
      let shelf = -1;
      let soonest = 0;
      for (let k = 0; k < shelfEnd.length; k++) {
        if ((shelfEnd[k] as number) < (shelfEnd[soonest] as number)) soonest = k;
        if (
          (shelfEnd[k] as number) <= (start[child] as number) &&
          (shelfHeight[k] as number) >= (height[child] as number)
        ) {
          shelf = k;
          break;
        }
      }
      // The last shelf may grow downwards, nothing stands below it.
      const last = shelfEnd.length - 1;
      if (shelf < 0 && last >= 0 && (shelfEnd[last] as number) <= (start[child] as number)) {
        shelf = last;
        total += (height[child] as number) - (shelfHeight[last] as number);
        shelfHeight[last] = height[child] as number;
      }
      if (shelf < 0 && shelfEnd.length < MOST_SHELVES) {
        shelf = shelfEnd.length;
        shelfTop.push(total);
        shelfHeight.push(height[child] as number);
        shelfEnd.push(0);
        total += height[child] as number;
      }
      if (shelf < 0) {
        shelf = soonest;
        if ((height[child] as number) > (shelfHeight[shelf] as number))
          total = Math.max(total, (shelfTop[shelf] as number) + (height[child] as number));
      }
      offset[child] = shelfTop[shelf] as number;
      shelfEnd[shelf] = Math.max(shelfEnd[shelf] as number, end[child] as number);
    }
    return total;
  }
  // The roots are the children of nobody.
  stackChildren(0, count);
  const line = new Int32Array(count);
  let lines = 0;
  for (let i = 0; i < count; i++) {
    const p = parent[i] as number;
    line[i] = (p < 0 ? 0 : (line[p] as number) + 1) + (offset[i] as number);
    lines = Math.max(lines, (line[i] as number) + 1);
  }
  return {
    count,
    left: start,
    width: duration,
    line,
    lines,
    service: trace.service,
    name: trace.name,
    row: Int32Array.from({ length: count }, (_, i) => i),
    rows: new Int32Array(count).fill(1),
    self: duration,
    total: trace.traceDuration,
  };
}

/** Rows of one path (services and names from the root down) as one node. */
export interface PathTree {
  readonly count: number;
  readonly parent: Int32Array;
  readonly depth: Int32Array;
  readonly service: Int32Array;
  readonly name: Int32Array;
  readonly rows: Int32Array;
  readonly longest: Int32Array;
  /** µs: summed durations, summed self times, and self times with those of all descendants. */
  readonly duration: Float64Array;
  readonly self: Float64Array;
  readonly weight: Float64Array;
  readonly errors: Int32Array;
}

/** Parents come before children, children in the order of their first row. */
export function pathTree(trace: Trace, self: Float64Array): PathTree {
  const { count } = trace;
  const nodeOf = new Int32Array(count);
  const found = new Map<string, number>();
  const parent: number[] = [];
  const depth: number[] = [];
  const service: number[] = [];
  const name: number[] = [];
  const rows: number[] = [];
  const longest: number[] = [];
  const duration: number[] = [];
  const ownSelf: number[] = [];
  const errors: number[] = [];
  for (let i = 0; i < count; i++) {
    const above = trace.parent[i] as number;
    const p = above < 0 ? -1 : (nodeOf[above] as number);
    const key = `${p} ${trace.service[i]} ${trace.name[i]}`;
    let node = found.get(key);
    if (node === undefined) {
      node = parent.length;
      found.set(key, node);
      parent.push(p);
      depth.push(p < 0 ? 0 : (depth[p] as number) + 1);
      service.push(trace.service[i] as number);
      name.push(trace.name[i] as number);
      rows.push(0);
      longest.push(i);
      duration.push(0);
      ownSelf.push(0);
      errors.push(0);
    }
    nodeOf[i] = node;
    rows[node] = (rows[node] as number) + 1;
    duration[node] = (duration[node] as number) + (trace.duration[i] as number);
    ownSelf[node] = (ownSelf[node] as number) + (self[i] as number);
    errors[node] = (errors[node] as number) + ((trace.flags[i] as number) & 1);
    if ((trace.duration[i] as number) > (trace.duration[longest[node] as number] as number)) longest[node] = i;
  }
  const weight = Float64Array.from(ownSelf);
  for (let n = parent.length - 1; n >= 0; n--) {
    const p = parent[n] as number;
    if (p >= 0) weight[p] = (weight[p] as number) + (weight[n] as number);
  }
  return {
    count: parent.length,
    parent: Int32Array.from(parent),
    depth: Int32Array.from(depth),
    service: Int32Array.from(service),
    name: Int32Array.from(name),
    rows: Int32Array.from(rows),
    longest: Int32Array.from(longest),
    duration: Float64Array.from(duration),
    self: Float64Array.from(ownSelf),
    weight,
    errors: Int32Array.from(errors),
  };
}

/**
 * The same work done many times as one box, the heaviest to the left; the width is self time with that of everything below,
 * so that parallel children do not outgrow their parent.
 */
export function leftHeavyFlame(tree: PathTree): Flame {
  const { count, parent, weight } = tree;
  const left = new Float64Array(count);
  const childrenOf = groupByParent(parent);
  const place = (nodes: number[], from: number): void => {
    nodes.sort((a, b) => (weight[b] as number) - (weight[a] as number) || a - b);
    let at = from;
    for (const node of nodes) {
      left[node] = at;
      at += weight[node] as number;
    }
  };
  const roots = childrenOf(-1);
  place(roots, 0);
  for (let n = 0; n < count; n++) place(childrenOf(n), left[n] as number);
  return flameOf(
    tree,
    left,
    weight,
    roots.reduce((sum, node) => sum + (weight[node] as number), 0),
  );
}

function flameOf(tree: PathTree, left: Float64Array, width: Float64Array, total: number): Flame {
  let lines = 0;
  for (let n = 0; n < tree.count; n++) lines = Math.max(lines, (tree.depth[n] as number) + 1);
  return {
    count: tree.count,
    left,
    width,
    line: tree.depth,
    lines,
    service: tree.service,
    name: tree.name,
    row: tree.longest,
    rows: tree.rows,
    self: tree.self,
    total,
  };
}

function groupByParent(parent: Int32Array): (node: number) => number[] {
  const count = parent.length;
  const end = new Int32Array(count + 2);
  for (let n = 0; n < count; n++) end[(parent[n] as number) + 2] = (end[(parent[n] as number) + 2] as number) + 1;
  for (let n = 1; n < count + 2; n++) end[n] = (end[n] as number) + (end[n - 1] as number);
  const list = new Int32Array(count);
  const fill = end.slice();
  for (let n = 0; n < count; n++) {
    const slot = (parent[n] as number) + 1;
    list[fill[slot] as number] = n;
    fill[slot] = (fill[slot] as number) + 1;
  }
  return node => Array.from(list.subarray(end[node + 1] as number, end[node + 2] as number));
}

/**
 * One operation, wherever it was called: `below` is everything it calls, summed over all calls; `above` is by whom it was
 * called, the operation itself on line 0 and its callers further down.
 */
export function sandwich(tree: PathTree, service: number, name: number): { above: Flame; below: Flame } {
  const isTarget = (n: number): boolean => tree.service[n] === service && tree.name[n] === name;
  const down = new PathMerger(tree);
  const up = new PathMerger(tree);
  const merged = new Int32Array(tree.count).fill(-1);
  for (let n = 0; n < tree.count; n++) {
    const p = tree.parent[n] as number;
    const above = p < 0 ? -1 : (merged[p] as number);
    // A call of itself stays inside of the outer call, or its time would count twice.
    if (above < 0 && !isTarget(n)) continue;
    merged[n] = down.add(above, n, tree.self[n] as number);
    if (above >= 0) continue;
    let at = up.add(-1, n, 0);
    for (let caller = p; caller >= 0; caller = tree.parent[caller] as number) at = up.add(at, caller, 0);
    up.addWeight(at, tree.weight[n] as number);
  }
  return { above: leftHeavyFlame(up.tree()), below: leftHeavyFlame(down.tree()) };
}

/** Builds a path tree out of nodes of another. */
class PathMerger {
  readonly #from: PathTree;
  readonly #found = new Map<string, number>();
  readonly #parent: number[] = [];
  readonly #origin: number[] = [];
  readonly #self: number[] = [];
  readonly #rows: number[] = [];

  constructor(from: PathTree) {
    this.#from = from;
  }

  add(parent: number, node: number, self: number): number {
    const key = `${parent} ${this.#from.service[node]} ${this.#from.name[node]}`;
    let at = this.#found.get(key);
    if (at === undefined) {
      at = this.#parent.length;
      this.#found.set(key, at);
      this.#parent.push(parent);
      this.#origin.push(node);
      this.#self.push(0);
      this.#rows.push(0);
    }
    this.#self[at] = (this.#self[at] as number) + self;
    this.#rows[at] = (this.#rows[at] as number) + (this.#from.rows[node] as number);
    return at;
  }

  addWeight(at: number, weight: number): void {
    this.#self[at] = (this.#self[at] as number) + weight;
  }

  tree(): PathTree {
    const parent = Int32Array.from(this.#parent);
    const count = parent.length;
    const depth = new Int32Array(count);
    const self = Float64Array.from(this.#self);
    const weight = self.slice();
    for (let n = 0; n < count; n++)
      depth[n] = (parent[n] as number) < 0 ? 0 : (depth[parent[n] as number] as number) + 1;
    for (let n = count - 1; n >= 0; n--) {
      const p = parent[n] as number;
      if (p >= 0) weight[p] = (weight[p] as number) + (weight[n] as number);
    }
    const pick = (column: Int32Array): Int32Array => Int32Array.from(this.#origin, node => column[node] as number);
    return {
      count,
      parent,
      depth,
      service: pick(this.#from.service),
      name: pick(this.#from.name),
      rows: Int32Array.from(this.#rows),
      longest: pick(this.#from.longest),
      duration: weight,
      self,
      weight,
      errors: pick(this.#from.errors),
    };
  }
}
