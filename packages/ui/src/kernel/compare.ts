import type { PathTree } from './flame.ts';

/** Two traces as one tree of paths; node `n` stands for the rows of that path in A, in B, or in both. Times in µs. */
export interface TraceDiff {
  readonly count: number;
  readonly parent: Int32Array;
  readonly depth: Int32Array;
  readonly size: Int32Array;
  readonly service: readonly string[];
  readonly name: readonly string[];
  /** Rows per side; 0 when the path is only in the other trace. */
  readonly rowsA: Int32Array;
  readonly rowsB: Int32Array;
  /** Summed durations. */
  readonly timeA: Float64Array;
  readonly timeB: Float64Array;
  readonly selfA: Float64Array;
  readonly selfB: Float64Array;
  readonly errorsA: Int32Array;
  readonly errorsB: Int32Array;
  /** The longest row of each side, -1 when there is none. */
  readonly rowA: Int32Array;
  readonly rowB: Int32Array;
}

export interface DiffSide {
  readonly tree: PathTree;
  readonly services: readonly string[];
  readonly names: readonly string[];
}

/**
 * Joins two path trees by service and name from the root down. The roots are taken to match whatever they are called, when
 * each trace has just one: that is the pair the reader asked about.
 */
export function compareTraces(a: DiffSide, b: DiffSide): TraceDiff {
  const nodes: { parent: number; service: string; name: string; a: number; b: number }[] = [];
  const found = new Map<string, number>();
  const rootsA = a.tree.parent.filter(p => p < 0).length;
  const rootsB = b.tree.parent.filter(p => p < 0).length;
  const joinRoots = rootsA === 1 && rootsB === 1;

  const add = (side: DiffSide, which: 'a' | 'b'): void => {
    const nodeOf = new Int32Array(side.tree.count);
    for (let n = 0; n < side.tree.count; n++) {
      const p = side.tree.parent[n] as number;
      const parent = p < 0 ? -1 : (nodeOf[p] as number);
      const service = side.services[side.tree.service[n] as number] ?? '';
      const name = side.names[side.tree.name[n] as number] ?? '';
      const key = parent < 0 && joinRoots ? 'root' : JSON.stringify([parent, service, name]);
      let node = found.get(key);
      if (node === undefined) {
        node = nodes.length;
        found.set(key, node);
        nodes.push({ parent, service, name, a: -1, b: -1 });
      }
      (nodes[node] as { a: number; b: number })[which] = n;
      nodeOf[n] = node;
    }
  };
  add(a, 'a');
  add(b, 'b');

  // Into pre-order: children of A in their order, those only in B after them.
  const count = nodes.length;
  const children: number[][] = nodes.map(() => []);
  const stack: number[] = [];
  for (let n = count - 1; n >= 0; n--) {
    const parent = (nodes[n] as { parent: number }).parent;
    if (parent < 0) stack.push(n);
    else (children[parent] as number[]).push(n);
  }
  const order: number[] = [];
  while (stack.length > 0) {
    const n = stack.pop() as number;
    order.push(n);
    for (const child of children[n] as number[]) stack.push(child);
  }
  const place = new Int32Array(count);
  for (const [i, n] of order.entries()) place[n] = i;

  const parent = new Int32Array(count);
  const depth = new Int32Array(count);
  const size = new Int32Array(count).fill(1);
  for (const [i, n] of order.entries()) {
    const p = (nodes[n] as { parent: number }).parent;
    parent[i] = p < 0 ? -1 : (place[p] as number);
    depth[i] = p < 0 ? 0 : (depth[parent[i] as number] as number) + 1;
  }
  for (let i = count - 1; i > 0; i--) {
    const p = parent[i] as number;
    if (p >= 0) size[p] = (size[p] as number) + (size[i] as number);
  }
  const ints = (which: 'a' | 'b', column: Int32Array, none: number): Int32Array =>
    Int32Array.from(order, n => {
      const node = (nodes[n] as { a: number; b: number })[which];
      return node < 0 ? none : (column[node] as number);
    });
  const floats = (which: 'a' | 'b', column: Float64Array): Float64Array =>
    Float64Array.from(order, n => {
      const node = (nodes[n] as { a: number; b: number })[which];
      return node < 0 ? 0 : (column[node] as number);
    });
  return {
    count,
    parent,
    depth,
    size,
    service: order.map(n => (nodes[n] as { service: string }).service),
    name: order.map(n => (nodes[n] as { name: string }).name),
    rowsA: ints('a', a.tree.rows, 0),
    rowsB: ints('b', b.tree.rows, 0),
    timeA: floats('a', a.tree.duration),
    timeB: floats('b', b.tree.duration),
    selfA: floats('a', a.tree.self),
    selfB: floats('b', b.tree.self),
    errorsA: ints('a', a.tree.errors, 0),
    errorsB: ints('b', b.tree.errors, 0),
    rowA: ints('a', a.tree.longest, -1),
    rowB: ints('b', b.tree.longest, -1),
  };
}
