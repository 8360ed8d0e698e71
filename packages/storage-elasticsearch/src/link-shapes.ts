import { ID_WORDS, PARENT_ID, SPAN_ID } from '@tracekin/codec';
import { type DependencyLink, type Endpoint, linkSpans } from '@tracekin/model';
import { isLong, isShared, type LinkRecords } from './link-records.ts';

/** Larger traces are linked each for itself. Spans. */
const largest = 64;
/** Shapes and endpoints remembered. */
const mostShapes = 2000;
const mostEndpoints = 10_000;
/** Numbers of a shape for each span. */
const spanWords = 5;
const [noParent, unknownParent] = [-1, -2];

interface Shape {
  readonly words: Int32Array;
  readonly links: readonly DependencyLink[];
}

/**
 * The links of traces. Those of a trace follow from its spans' kinds, endpoints, errors and who is whose parent, and a system makes traces of few
 * such shapes; so linking is done once for each. Traces whose links may depend on the order of their ids (pieces of one span, several
 * roots, loops) are left to the model.
 */
export class LinkShapes {
  readonly #shapes = new Map<number, Shape[]>();
  #count = 0;
  readonly #endpoints = new Map<Endpoint, number>();
  #lastEndpoint = 0;
  readonly #words = new Int32Array(largest * spanWords);
  readonly #parents = new Int32Array(largest);

  /** What `linkSpans` gives for these records, which are of one trace. */
  links(records: LinkRecords, trace: readonly number[]): readonly DependencyLink[] {
    if (!this.#describe(records, trace)) return linkSpans(trace.map(record => records.span(record)));
    const words = this.#words.subarray(0, trace.length * spanWords);
    let hash = trace.length;
    for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ words[i]!, 0x01000193) ^ (hash >>> 13);
    const same = this.#shapes.get(hash);
    const known = same?.find(shape => isEqual(shape.words, words));
    if (known !== undefined) return known.links;
    const shape = { words: words.slice(), links: linkSpans(trace.map(record => records.span(record))) };
    if (this.#count >= mostShapes) {
      this.#shapes.clear();
      this.#count = 0;
    }
    const others = this.#shapes.get(hash);
    if (others === undefined) this.#shapes.set(hash, [shape]);
    else others.push(shape);
    this.#count += 1;
    return shape.links;
  }

  /** Fills `#words`; false when the shape does not say enough. */
  #describe({ ids, traits, local, remote }: LinkRecords, trace: readonly number[]): boolean {
    const count = trace.length;
    if (count > largest) return false;
    const words = this.#words;
    const parents = this.#parents;
    let roots = 0;
    for (let i = 0; i < count; i++) {
      const record = trace[i]!;
      const at = record * ID_WORDS;
      const isRoot = ids[at + PARENT_ID] === 0 && ids[at + PARENT_ID + 1] === 0;
      let own = i;
      let parent = isRoot ? noParent : unknownParent;
      for (let j = 0; j < count; j++) {
        const other = trace[j]! * ID_WORDS + SPAN_ID;
        if (j !== i && ids[other] === ids[at + SPAN_ID] && ids[other + 1] === ids[at + SPAN_ID + 1]) {
          // Only the halves of one call may have one id.
          if (((traits[trace[j]!]! ^ traits[record]!) & isShared) === 0) return false;
          if (j < own) own = j;
        }
        if (
          parent === unknownParent &&
          ids[other] === ids[at + PARENT_ID] &&
          ids[other + 1] === ids[at + PARENT_ID + 1]
        )
          parent = j;
      }
      // The model gives a half its parent from the other.
      if (own !== i && parents[own] !== parent) return false;
      if (isRoot && (traits[record]! & isShared) === 0) roots += 1;
      parents[i] = parent;
      const to = i * spanWords;
      words[to] = own;
      words[to + 1] = parent;
      words[to + 2] = traits[record]! & ~isLong;
      words[to + 3] = this.#endpoint(local[record]);
      words[to + 4] = this.#endpoint(remote[record]);
    }
    if (roots > 1) return false;
    for (let i = 0; i < count; i++) {
      let steps = 0;
      for (let above = parents[i]!; above >= 0; above = parents[above]!) if (++steps > count) return false;
    }
    return true;
  }

  /** Endpoints are told apart as objects: decoders make few of them. */
  #endpoint(endpoint: Endpoint | undefined): number {
    if (endpoint === undefined) return 0;
    let number = this.#endpoints.get(endpoint);
    if (number === undefined) {
      if (this.#endpoints.size >= mostEndpoints) {
        this.#endpoints.clear();
        this.#shapes.clear();
        this.#count = 0;
        // Numbers go on, so what is remembered of the trace at hand is never found for another.
      }
      number = ++this.#lastEndpoint;
      this.#endpoints.set(endpoint, number);
    }
    return number;
  }
}

function isEqual(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
