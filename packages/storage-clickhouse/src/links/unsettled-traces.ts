import { hexAt } from '../read/span-rows.ts';
import type { BatchLinkRows } from './batch-link-rows.ts';
import type { KnownTraces } from './known-traces.ts';
import { RecentRows, type RowPlace } from './recent-rows.ts';

/** A batch that touched traces, and how many of them are not settled since. */
export interface PendingTouch {
  readonly server: string;
  readonly seq: number;
  waiting: number;
}

export interface UnsettledTrace {
  readonly low: string;
  /** Milliseconds since the epoch, as `touched`: since when it waits. */
  since: number;
  touched: number;
  readonly touches: PendingTouch[];
  /** All of its spans, if they came through this process and none of them was settled before; else undefined. */
  rows: RowPlace[] | undefined;
}

/** Traces whose links are not in table `links` yet, in the order in which they began to wait. All in memory, no I/O. */
export class UnsettledTraces {
  readonly #traces = new Map<string, UnsettledTrace>();
  /** Touches whose traces are not all settled, by server, oldest first. */
  readonly #pending = new Map<string, PendingTouch[]>();
  readonly #recent: RecentRows;
  readonly #known: KnownTraces;
  /** Whether `known` has all traces of the tables. */
  allKnown = false;

  constructor(known: KnownTraces, recent: RecentRows = new RecentRows()) {
    this.#known = known;
    this.#recent = recent;
  }

  get size(): number {
    return this.#traces.size;
  }

  values(): IterableIterator<UnsettledTrace> {
    return this.#traces.values();
  }

  has(trace: UnsettledTrace): boolean {
    return this.#traces.get(trace.low) === trace;
  }

  /**
   * A batch of `server` touched the traces of `traceWords` (low, high; may repeat). With `rows` their spans are kept, if
   * there is room, for those traces of which nothing was written before.
   */
  touch(server: string, seq: number, traceWords: Uint32Array, now: number, rows?: BatchLinkRows): void {
    const touch: PendingTouch = { server, seq, waiting: 0 };
    const pending = this.#pending.get(server);
    if (pending === undefined) this.#pending.set(server, [touch]);
    else pending.push(touch);
    const batch = rows && this.#recent.keep(rows);
    for (let pair = 0; pair < traceWords.length / 2; pair++) {
      const low = hexAt(traceWords, pair);
      let trace = this.#traces.get(low);
      if (trace === undefined) {
        const isNew = this.allKnown && !this.#known.has(traceWords[pair * 2]!, traceWords[pair * 2 + 1]!);
        trace = { low, since: now, touched: now, touches: [], rows: isNew ? [] : undefined };
        this.#traces.set(low, trace);
        this.#known.add(traceWords[pair * 2]!, traceWords[pair * 2 + 1]!);
      }
      if (trace.touches.at(-1) !== touch) {
        trace.touched = now;
        trace.touches.push(touch);
        touch.waiting++;
      }
      if (batch === undefined) this.forgetRows(trace);
      else if (trace.rows === undefined) this.#recent.release(batch);
      else trace.rows.push({ batch, pair });
    }
  }

  /** From now on the trace's spans have to be read. */
  forgetRows(trace: UnsettledTrace): void {
    for (const { batch } of trace.rows ?? []) this.#recent.release(batch);
    trace.rows = undefined;
  }

  /** What its first `touches` touches wrote is settled. With later ones it waits again, and some of its rows count already. */
  settled(trace: UnsettledTrace, touches: number, now: number): void {
    for (const touch of trace.touches.splice(0, touches)) touch.waiting--;
    trace.since = now;
    this.forgetRows(trace);
    if (trace.touches.length === 0 && this.has(trace)) this.#traces.delete(trace.low);
  }

  /** A trace that needs no settling any more, e.g. because it is about to be deleted. */
  drop(low: string): void {
    const trace = this.#traces.get(low);
    if (trace !== undefined) this.settled(trace, trace.touches.length, trace.since);
  }

  /** Another server has settled what each server wrote up to a number. */
  settledUpTo(numbers: ReadonlyMap<string, number>): void {
    for (const trace of this.#traces.values()) {
      const waits = trace.touches.some(({ server, seq }) => seq > (numbers.get(server) ?? 0));
      if (!waits) this.settled(trace, trace.touches.length, trace.since);
    }
    for (const [server, seq] of numbers) {
      const pending = this.#pending.get(server);
      if (pending !== undefined)
        this.#pending.set(
          server,
          pending.filter(touch => touch.seq > seq),
        );
    }
  }

  /** Up to which number each server's touches are settled, of those that have moved since the last call. */
  takeFinished(): [server: string, seq: number][] {
    const finished: [string, number][] = [];
    for (const [server, pending] of this.#pending) {
      const unfinished = pending.findIndex(({ waiting }) => waiting > 0);
      const count = unfinished < 0 ? pending.length : unfinished;
      if (count === 0) continue;
      finished.push([server, pending[count - 1]!.seq]);
      pending.splice(0, count);
    }
    return finished;
  }
}
