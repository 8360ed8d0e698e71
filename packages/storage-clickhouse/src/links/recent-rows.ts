import type { Dictionary } from '../native/decode-blocks.ts';
import type { BatchLinkRows } from './batch-link-rows.ts';
import type { LinkRows } from './column-linker.ts';

/** Some 1.2 million spans. */
const MOST_BYTES = 64 * 1024 * 1024;

/** The rows of a batch, kept while a trace needs them. */
export interface RecentBatch {
  readonly rows: BatchLinkRows;
  /** Pairs of it that are kept. */
  kept: number;
}

/** Where rows of a trace are: a batch and a pair in it. */
export interface RowPlace {
  readonly batch: RecentBatch;
  readonly pair: number;
}

/**
 * What links need of the spans that were written a moment ago, so that they need not be read back. Bounded: what does not fit
 * is not kept.
 */
export class RecentRows {
  readonly #mostBytes: number;
  #bytes = 0;

  constructor(mostBytes: number = MOST_BYTES) {
    this.#mostBytes = mostBytes;
  }

  /** Undefined when there is no room. `release` gives each of the pairs back. */
  keep(rows: BatchLinkRows): RecentBatch | undefined {
    const bytes = bytesOf(rows);
    if (this.#bytes + bytes > this.#mostBytes) return undefined;
    this.#bytes += bytes;
    return { rows, kept: rows.heads.length };
  }

  release(batch: RecentBatch): void {
    if (--batch.kept === 0) this.#bytes -= bytesOf(batch.rows);
  }
}

function bytesOf({ flags }: BatchLinkRows): number {
  return flags.length * 56;
}

/** The rows of traces, those of one trace next to each other, in the order of `traces`. */
export function gatherRows(traces: readonly (readonly RowPlace[])[]): LinkRows {
  let count = 0;
  for (const places of traces) {
    for (const { batch, pair } of places) {
      const { heads, next } = batch.rows;
      for (let row = heads[pair]!; row >= 0; row = next[row]!) count++;
    }
  }
  const gathered = {
    count,
    traces: new Uint32Array(count * 2),
    ids: new Uint32Array(count * 2),
    parentIds: new Uint32Array(count * 2),
    timestamps: new Uint32Array(count * 2),
    flags: new Uint8Array(count),
    services: new Uint32Array(count),
    remotes: new Uint32Array(count),
    names: [''],
  };
  const numbers = new NameNumbers(gathered.names);
  let at = 0;
  for (const places of traces) {
    for (const { batch, pair } of places) {
      const { rows } = batch;
      const { services, remotes } = numbers.of(batch);
      for (let row = rows.heads[pair]!; row >= 0; row = rows.next[row]!) {
        gathered.traces[at * 2] = rows.traceWords[pair * 2]!;
        gathered.traces[at * 2 + 1] = rows.traceWords[pair * 2 + 1]!;
        gathered.ids[at * 2] = rows.ids[row * 2]!;
        gathered.ids[at * 2 + 1] = rows.ids[row * 2 + 1]!;
        gathered.parentIds[at * 2] = rows.parentIds[row * 2]!;
        gathered.parentIds[at * 2 + 1] = rows.parentIds[row * 2 + 1]!;
        gathered.timestamps[at * 2] = rows.timestamps[row * 2]!;
        gathered.timestamps[at * 2 + 1] = rows.timestamps[row * 2 + 1]!;
        gathered.flags[at] = rows.flags[row]!;
        gathered.services[at] = services[rows.services.rows[row]!]!;
        gathered.remotes[at] = remotes[rows.remotes.rows[row]!]!;
        at++;
      }
    }
  }
  return gathered;
}

/** One numbering for the names of many batches, which number their own. */
class NameNumbers {
  readonly #names: string[];
  readonly #numbers = new Map<string, number>([['', 0]]);
  readonly #byBatch = new Map<RecentBatch, { readonly services: Uint32Array; readonly remotes: Uint32Array }>();

  /** New names are appended to `names`. */
  constructor(names: string[]) {
    this.#names = names;
  }

  /** The common numbers of a batch's own. */
  of(batch: RecentBatch): { readonly services: Uint32Array; readonly remotes: Uint32Array } {
    let numbers = this.#byBatch.get(batch);
    if (numbers === undefined) {
      numbers = { services: this.#number(batch.rows.services), remotes: this.#number(batch.rows.remotes) };
      this.#byBatch.set(batch, numbers);
    }
    return numbers;
  }

  #number({ texts }: Dictionary): Uint32Array {
    return Uint32Array.from(texts, text => {
      let known = this.#numbers.get(text);
      if (known === undefined) {
        known = this.#names.push(text) - 1;
        this.#numbers.set(text, known);
      }
      return known;
    });
  }
}
