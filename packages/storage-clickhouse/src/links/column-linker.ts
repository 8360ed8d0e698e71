import { formatHex64 } from '@tracekin/codec';
import { ERROR, KIND_MASK, SHARED } from '../write/span-flags.ts';

/** Rows of spans as columns, those of one trace next to each other. Names are indexes into `names`; `names[0]` is empty. */
export interface LinkRows {
  readonly count: number;
  /** low, high, low, high, … */
  readonly traces: Uint32Array;
  readonly ids: Uint32Array;
  readonly parentIds: Uint32Array;
  /** Microseconds as halves; 0 is absent. */
  readonly timestamps: Uint32Array;
  readonly flags: Uint8Array;
  readonly services: Uint32Array;
  readonly remotes: Uint32Array;
  readonly names: readonly string[];
}

/** What links need to know of one trace. */
export interface TraceLinks {
  /** Low half of the id, 16 hex characters. */
  readonly low: string;
  /** Start in microseconds; undefined when no span has a timestamp. */
  readonly start: number | undefined;
  /** See `formatLinks`. Undefined: not simple enough for columns, ask the model's linker. */
  readonly links: string | undefined;
}

const CLIENT = 1;
const SERVER = 2;
const PRODUCER = 3;
const CONSUMER = 4;
/** Above this many spans the quadratic search for parents would cost more than the model's linker. */
const MOST_SPANS = 64;

/**
 * The links of traces that are simple: every span has an id of its own, none is shared, one is the root and every other
 * one's parent is there. For those the merging and tree building of the model come down to looking up parents, and the rules
 * of `DependencyLinker` (zipkin.md 4) to integers; the result is the same (property-tested). Others are left to the model.
 */
export function linkColumns(rows: LinkRows): TraceLinks[] {
  const traces: TraceLinks[] = [];
  const linker = new Linker(rows);
  for (let start = 0; start < rows.count; ) {
    let end = start + 1;
    while (
      end < rows.count &&
      rows.traces[end * 2] === rows.traces[start * 2] &&
      rows.traces[end * 2 + 1] === rows.traces[start * 2 + 1]
    ) {
      end++;
    }
    traces.push({
      low: formatHex64(rows.traces[start * 2 + 1]!, rows.traces[start * 2]!),
      start: startOf(rows, start, end),
      links: linker.links(start, end),
    });
    start = end;
  }
  return traces;
}

/** `traceTimestamp` on rows. */
function startOf({ timestamps, parentIds }: LinkRows, start: number, end: number): number | undefined {
  let root = 0;
  let any = 0;
  for (let row = start; row < end; row++) {
    const timestamp = timestamps[row * 2 + 1]! * 0x1_0000_0000 + timestamps[row * 2]!;
    if (timestamp === 0) continue;
    if (any === 0 || timestamp < any) any = timestamp;
    const isRoot = parentIds[row * 2] === 0 && parentIds[row * 2 + 1] === 0;
    if (isRoot && (root === 0 || timestamp < root)) root = timestamp;
  }
  return (root || any) === 0 ? undefined : root || any;
}

class Linker {
  readonly #rows: LinkRows;
  /** Row of the parent, by row within the trace; -1 for the root. */
  readonly #parents = new Int32Array(MOST_SPANS);
  readonly #hasChildren = new Uint8Array(MOST_SPANS);
  /** Calls found in the trace: parent, child, calls, errors. */
  #found: [number, number, number, number][] = [];
  /** Texts by the calls that they say, since traces repeat each other. */
  readonly #texts = new Map<string, string>();

  constructor(rows: LinkRows) {
    this.#rows = rows;
  }

  links(start: number, end: number): string | undefined {
    if (end - start > MOST_SPANS || !this.#findParents(start, end)) return undefined;
    this.#found = [];
    for (let row = start; row < end; row++) this.#addCall(row, start);
    if (this.#found.length === 0) return '';
    const { names } = this.#rows;
    // Not yet in the order of names, but the same calls in the same order of spans share the text.
    const key = this.#found.join(';');
    let text = this.#texts.get(key);
    if (text === undefined) {
      const sorted = this.#found
        .map(([parent, child, calls, errors]) => [names[parent]!, names[child]!, calls, errors] as const)
        .sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]));
      text = JSON.stringify(sorted);
      this.#texts.set(key, text);
    }
    return text;
  }

  /** False when the trace is not simple. */
  #findParents(start: number, end: number): boolean {
    const { ids, parentIds, flags } = this.#rows;
    this.#hasChildren.fill(0);
    let roots = 0;
    for (let row = start; row < end; row++) {
      if (flags[row]! & SHARED) return false;
      const low = parentIds[row * 2]!;
      const high = parentIds[row * 2 + 1]!;
      const isRoot = low === 0 && high === 0;
      if (isRoot) roots++;
      let parent = -1;
      for (let other = start; other < end; other++) {
        if (other === row) continue;
        if (ids[other * 2] === ids[row * 2] && ids[other * 2 + 1] === ids[row * 2 + 1]) return false;
        if (!isRoot && ids[other * 2] === low && ids[other * 2 + 1] === high) parent = other;
      }
      if (!isRoot && parent < 0) return false;
      this.#parents[row - start] = parent;
      if (parent >= 0) this.#hasChildren[parent - start] = 1;
    }
    return roots === 1 && this.#reachesRoot(start, end);
  }

  /** No loops: every walk towards the root ends in fewer steps than there are spans. */
  #reachesRoot(start: number, end: number): boolean {
    for (let row = start; row < end; row++) {
      let steps = 0;
      for (let at = row; at >= 0; at = this.#parents[at - start]!) if (steps++ > end - start) return false;
    }
    return true;
  }

  /** `DependencyLinker.#addCall` on a row. */
  #addCall(row: number, start: number): void {
    const { flags, services, remotes } = this.#rows;
    const local = services[row]!;
    const remote = remotes[row]!;
    let kind = flags[row]! & KIND_MASK;
    if (kind === 0) {
      if (local === 0 || remote === 0) return;
      kind = CLIENT;
    } else if (kind === CLIENT && this.#hasChildren[row - start]) {
      return;
    }
    let failed = (flags[row]! & ERROR) !== 0;
    const isCallee = kind === SERVER || kind === CONSUMER;
    let parent = isCallee ? remote : local;
    const child = isCallee ? local : remote;
    if (kind === PRODUCER || kind === CONSUMER) {
      this.#add(parent, child, failed);
      return;
    }
    const direct = this.#parents[row - start]!;
    if (kind === SERVER && direct < 0 && parent === 0) return;
    let caller = direct;
    while (caller >= 0 && (flags[caller]! & KIND_MASK) === 0) caller = this.#parents[caller - start]!;
    if (caller >= 0 && services[caller] !== 0) {
      const callerName = services[caller]!;
      if (kind === CLIENT && local !== 0 && callerName !== local) this.#add(callerName, local, false);
      if (kind === SERVER || parent === 0) parent = callerName;
      failed ||= (flags[caller]! & KIND_MASK) === CLIENT && caller === direct && (flags[caller]! & ERROR) !== 0;
    }
    this.#add(parent, child, failed);
  }

  #add(parent: number, child: number, failed: boolean): void {
    if (parent === 0 || child === 0) return;
    for (const link of this.#found) {
      if (link[0] === parent && link[1] === child) {
        link[2]++;
        if (failed) link[3]++;
        return;
      }
    }
    this.#found.push([parent, child, 1, failed ? 1 : 0]);
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
