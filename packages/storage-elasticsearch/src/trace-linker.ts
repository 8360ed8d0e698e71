import { type EpochMicros, groupByLowTraceId, linkSpans, lowTraceId, type Span, traceTimestamp } from '@tracekin/model';
import { type HeldTrace, HeldTraces } from './held-traces.ts';
import type { LinkDocuments, TraceLinks } from './link-documents.ts';
import type { LinkRecords } from './link-records.ts';
import { LinkShapes } from './link-shapes.ts';
import type { Log } from './options.ts';
import type { PendingTraces } from './pending-traces.ts';

/** A trace is linked when no span of it came for this long. */
const quietMs = 2000;
/** Or when it is pending for this long, so that an endless trace shows up too. */
const longestMs = 30_000;
/** How often due traces are looked for; doubled for each failure in a row, up to `longestMs`. */
const roundEveryMs = 2000;
/** How often traces are read back; each time costs the span indices a refresh. */
const relinkEveryMs = 5000;
/** Traces in one round of linking. */
const roundSize = 2000;
/** Spans held at most; then writers wait for a round, so that a cluster that takes spans but no links cannot exhaust memory. */
const mostHeld = 200_000;
/** How often a trace is read again because other servers change it meanwhile. */
const relinkAttempts = 10;

export interface TraceLinkerOptions {
  readonly documents: Pick<LinkDocuments, 'create' | 'elsewhere' | 'locate' | 'replace'>;
  readonly pending: PendingTraces;
  /** All stored spans with these trace ids. */
  readonly readTraces: (traceIds: readonly string[]) => Promise<Span[]>;
  /** Makes everything written before the call visible to `readTraces` and to `documents.locate`. */
  readonly refresh: () => Promise<void>;
  /** Told which days (a microsecond in each) have new links. */
  readonly onLinked: (timestamps: readonly EpochMicros[]) => void;
  readonly log: Log;
}

/**
 * Keeps the links of every trace up to date without a job. Stored spans are held in memory until their trace is quiet; then its links
 * are written as one document. Where a document exists already (spans came late, or another server wrote a part of the trace)
 * the whole trace is read back and its document replaced, so links equal the model's for all stored spans.
 */
export class TraceLinker {
  readonly #options: TraceLinkerOptions;
  readonly #held = new HeldTraces();
  readonly #shapes = new LinkShapes();
  /** Low ids of traces that have to be read back, with the ids known of each. At the start those from before a crash. */
  readonly #again = new Map<string, Set<string>>();
  /** Ids that have to be in the file before the next spans are acknowledged. */
  readonly #unnoted = new Set<string>();
  #relinkedAt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: TraceLinkerOptions) {
    this.#options = options;
    for (const id of options.pending.recover()) this.#readAgain(lowTraceId(id), [id]);
    if (this.#again.size > 0) this.#schedule();
  }

  /** Resolves when there is room for more spans. Rejects when there is none because links cannot be stored. */
  async room(): Promise<void> {
    if (this.#held.spans + this.#again.size > mostHeld) await this.flush();
  }

  /** Takes spans that were stored; call before they are acknowledged. */
  add(spans: LinkRecords): void {
    this.#schedule();
    for (const id of this.#held.add(spans, Date.now())) this.#unnoted.add(id);
    // When this fails the batch is written again, and its spans are held twice, which changes no link.
    this.#options.pending.add(this.#unnoted);
    this.#unnoted.clear();
  }

  /** Links every pending trace now, also those that are not quiet yet. Rejects when storage does. */
  flush(): Promise<void> {
    return this.#enqueue(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, true);
  }

  /** Links what is pending; a failure is logged, and what is left is linked at the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.flush().catch(error =>
      this.#options.log('warn', `Links are written at the next start: ${(error as Error).message}`),
    );
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#closed) return;
    this.#timer = setTimeout(
      () => {
        const now = Date.now();
        this.#enqueue(now - quietMs, now - longestMs, now - this.#relinkedAt >= relinkEveryMs)
          .then(
            () => {
              this.#failures = 0;
            },
            error => {
              this.#failures += 1;
              if (this.#failures % 10 === 1)
                this.#options.log('warn', `Links are written later: ${(error as Error).message}`);
            },
          )
          .finally(() => {
            this.#timer = undefined;
            if (this.#held.size > 0 || this.#again.size > 0) this.#schedule();
          });
      },
      Math.min(longestMs, roundEveryMs * 2 ** this.#failures),
    );
    this.#timer.unref();
  }

  #enqueue(quietSince: number, heldSince: number, relink: boolean): Promise<void> {
    const round = this.#round.then(() => this.#settle(quietSince, heldSince, relink));
    this.#round = round.catch(() => {});
    return round;
  }

  async #settle(quietSince: number, heldSince: number, relink: boolean): Promise<void> {
    const due = this.#held.due(quietSince, heldSince);
    for (let from = 0; from < due.length; from += roundSize) await this.#linkHeld(due.slice(from, from + roundSize));
    if (!relink || this.#again.size === 0) return;
    this.#relinkedAt = Date.now();
    const again = [...this.#again];
    for (let from = 0; from < again.length; from += roundSize) await this.#relink(again.slice(from, from + roundSize));
  }

  /** Writes the links of traces from their spans in memory; those that are known to the cluster are to be read back. */
  async #linkHeld(due: readonly HeldTrace[]): Promise<void> {
    const { records } = this.#held;
    const again = new Set<string>();
    const rootless = new Set<string>();
    const traces: TraceLinks[] = [];
    const held = due.map(trace => {
      const of = this.#held.recordsOf(trace);
      const id = this.#held.lowTraceId(trace);
      const traceIds = this.#held.traceIds(trace);
      const starts = of.map(record => records.start(record));
      const timestamp = traceTimestamp(starts);
      if (timestamp === undefined) again.add(id);
      else traces.push({ lowTraceId: id, timestamp, links: this.#shapes.links(records, of), traceIds });
      if (!starts.some(start => start.parentId === undefined && start.timestamp !== undefined)) rootless.add(id);
      return { trace, id, traceIds, count: of.length };
    });
    const { documents, onLinked, log } = this.#options;
    const { known, refused } = await documents.create(traces);
    if (refused.length > 0)
      log('error', `Elasticsearch refused the links of ${refused.length} traces: ${refused[0]?.reason}`);
    const created = traces.filter(trace => !known.has(trace.lowTraceId));
    onLinked(created.map(trace => trace.timestamp));
    const elsewhere = await documents.elsewhere(created, trace => rootless.has(trace.lowTraceId));
    for (const { trace, id, traceIds, count } of held) {
      // Spans that came meanwhile stay, and will find the document.
      const isDone = this.#held.count(trace) === count;
      if (again.has(id) || known.has(id) || elsewhere.has(id))
        this.#readAgain(id, isDone ? traceIds : this.#held.traceIds(trace));
      if (isDone) this.#held.remove(trace);
    }
    this.#forget(held.map(({ id, traceIds }) => [id, traceIds]));
  }

  #readAgain(id: string, traceIds: Iterable<string>): void {
    const known = this.#again.get(id);
    if (known === undefined) this.#again.set(id, new Set(traceIds));
    else for (const traceId of traceIds) known.add(traceId);
  }

  /** Reads whole traces back and replaces their documents, again if another server did so meanwhile. */
  async #relink(again: readonly (readonly [id: string, traceIds: ReadonlySet<string>])[]): Promise<void> {
    let left = again;
    for (let attempt = 0; left.length > 0 && attempt < relinkAttempts; attempt += 1) left = await this.#replace(left);
    const undone = new Set(left.map(([id]) => id));
    const done = again.filter(([id]) => !undone.has(id));
    for (const [id] of done) this.#again.delete(id);
    this.#forget(done);
  }

  /** Returns those that were changed by somebody else between being read and being written. */
  async #replace(
    again: readonly (readonly [id: string, traceIds: ReadonlySet<string>])[],
  ): Promise<(readonly [id: string, traceIds: ReadonlySet<string>])[]> {
    const { documents, readTraces, refresh, onLinked } = this.#options;
    await refresh();
    const low = again.map(([id]) => id);
    const located = await documents.locate(low);
    // Another server may know parts of the trace under an id of the other length.
    const ids = [...low, ...again.flatMap(([, ids]) => [...ids]), ...located.flatMap(document => document.traceIds)];
    const traces: TraceLinks[] = [];
    const wanted = new Set(low);
    for (const [id, spans] of groupByLowTraceId(await readTraces([...new Set(ids)]))) {
      const timestamp = traceTimestamp(spans);
      if (timestamp === undefined || !wanted.delete(id)) continue;
      const traceIds = [...new Set(spans.map(span => span.traceId))];
      traces.push({ lowTraceId: id, timestamp, links: linkSpans(spans), traceIds });
    }
    const changed = await documents.replace(
      traces,
      // Nothing is left of the others: their spans were deleted.
      located.filter(document => !wanted.has(document.lowTraceId)),
    );
    onLinked(traces.map(trace => trace.timestamp));
    return again.filter(([id]) => changed.has(id));
  }

  /** Takes traces that are done off the list that a crash leaves behind. */
  #forget(traces: readonly (readonly [id: string, traceIds: Iterable<string>])[]): void {
    const done = traces.filter(([id]) => !this.#held.has(id) && !this.#again.has(id));
    this.#options.pending.settle(done.flatMap(([, traceIds]) => [...traceIds]));
  }
}
