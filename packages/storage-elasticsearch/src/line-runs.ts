import { BlockPool, blockBytes } from './block-pool.ts';
import type { BulkDocument, BulkDocuments, RequestBody } from './bulk-document.ts';

/** Consecutive lines of one index and one form, in one block. */
export interface LineRun {
  readonly index: string;
  /** Terms are joined, and the action names the alias of the index (joined-terms.ts). */
  readonly joined: boolean;
  readonly block: Buffer;
  readonly start: number;
  /** Where each document's lines end. */
  readonly ends: number[];
}

/** Some of the lines of a run. */
interface RunPart {
  readonly run: LineRun;
  /** Of the first and behind the last. */
  readonly from: number;
  readonly to: number;
}

const blocks = new BlockPool(blockBytes, 32);
/** Two requests are under way at once, of 4 MB and what the last document has. */
const bodies = new BlockPool(5 << 20, 2);

/** The documents of a batch as lines of a bulk request, in blocks of memory: an object for each would outlive several rounds of the garbage collector. */
export class LineRuns {
  readonly runs: LineRun[] = [];
  count = 0;
  /** Where `room` found it. */
  block: Buffer = Buffer.alloc(0);
  readonly #blocks: Buffer[] = [];
  #used = 0;
  #last: LineRun | undefined;

  /** Where the next `bytes` may be written in `block`. */
  room(bytes: number): number {
    if (this.#used + bytes > this.block.length) {
      this.block = blocks.take(bytes);
      this.#blocks.push(this.block);
      this.#used = 0;
    }
    return this.#used;
  }

  /** Lines were written where `room` said, up to `end`. */
  added(index: string, joined: boolean, end: number): void {
    const last = this.#last;
    if (last !== undefined && last.block === this.block && last.index === index && last.joined === joined) {
      last.ends.push(end);
    } else {
      this.#last = { index, joined, block: this.block, start: this.#used, ends: [end] };
      this.runs.push(this.#last);
    }
    this.#used = end;
    this.count += 1;
  }

  /** Of all runs. */
  *documents(): Generator<BulkDocument> {
    for (const run of this.runs) for (let place = 0; place < run.ends.length; place += 1) yield documentAt(run, place);
  }

  /** Gives the memory back: nobody may look at the lines any more. */
  close(): void {
    for (const block of this.#blocks) blocks.giveBack(block);
    this.#blocks.length = 0;
    this.runs.length = 0;
    this.#last = undefined;
    this.block = Buffer.alloc(0);
    this.#used = 0;
  }
}

/** Cuts runs of one form into requests. */
export class LineQueue {
  readonly #runs: readonly LineRun[];
  #run = 0;
  #place = 0;

  constructor(runs: readonly LineRun[]) {
    this.#runs = runs;
  }

  /** The next `count` documents, or fewer; undefined when there are none. */
  take(count: number): LinePart | undefined {
    const parts: RunPart[] = [];
    let left = count;
    while (left > 0) {
      const run = this.#runs[this.#run];
      if (run === undefined) break;
      const to = Math.min(run.ends.length, this.#place + left);
      parts.push({ run, from: this.#place, to });
      left -= to - this.#place;
      this.#place = to;
      if (to === run.ends.length) {
        this.#run += 1;
        this.#place = 0;
      }
    }
    return parts.length === 0 ? undefined : new LinePart(parts, count - left);
  }
}

/** Documents of one form for a request, copied once: into the request's body. */
export class LinePart implements BulkDocuments {
  readonly length: number;
  readonly joined: boolean;
  readonly #parts: readonly RunPart[];

  constructor(parts: readonly RunPart[], length: number) {
    this.#parts = parts;
    this.length = length;
    this.joined = parts[0]?.run.joined === true;
  }

  size(place: number): number {
    const { run, at } = this.#find(place);
    return run.ends[at]! - startOf(run, at);
  }

  at(place: number): BulkDocument {
    const { run, at } = this.#find(place);
    return documentAt(run, at);
  }

  body(from: number, to: number): RequestBody {
    const pieces: Buffer[] = [];
    let before = 0;
    let bytes = 0;
    for (const { run, from: first, to: end } of this.#parts) {
      const [start, stop] = [Math.max(first, first + from - before), Math.min(end, first + to - before)];
      if (start < stop) {
        const piece = run.block.subarray(startOf(run, start), run.ends[stop - 1]);
        pieces.push(piece);
        bytes += piece.length;
      }
      before += end - first;
    }
    const block = bodies.take(bytes);
    let at = 0;
    for (const piece of pieces) at += piece.copy(block, at);
    return { text: block.subarray(0, at), done: () => bodies.giveBack(block) };
  }

  #find(place: number): { run: LineRun; at: number } {
    let before = 0;
    for (const { run, from, to } of this.#parts) {
      if (place < before + to - from) return { run, at: from + place - before };
      before += to - from;
    }
    throw new RangeError(`the part has no document ${place}`);
  }
}

function startOf(run: LineRun, place: number): number {
  return place === 0 ? run.start : run.ends[place - 1]!;
}

function documentAt(run: LineRun, place: number): BulkDocument {
  const { index, joined, block, ends } = run;
  const lines = block.subarray(startOf(run, place), ends[place]);
  const { _id: id } = (JSON.parse(lines.toString('utf8', 0, lines.indexOf('\n'))) as { index: { _id: string } }).index;
  return { action: 'index', index, id, lines, ...(joined && { joined }) };
}
