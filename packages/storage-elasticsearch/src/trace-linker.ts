import { type EpochMicros, groupByLowTraceId, linkSpans, lowTraceId, type Span, traceTimestamp } from '@tracekin/model';
import type { LinkDocuments, TraceLinks } from './link-documents.ts';
import type { Log } from './options.ts';
import type { PendingTraces } from './pending-traces.ts';

/** A trace is linked when no span of it came for this long. */
const quietMs = 2000;
/** Or when it is pending for this long, so that an endless trace shows up too. */
const longestMs = 30_000;
/** Traces in one round of linking. */
const roundSize = 2000;
const dayMicros = 86_400_000_000;
/** How near to midnight a trace may have parts on both days. */
const midnightMicros = 3_600_000_000;

interface Pending {
  readonly spans: Span[];
  readonly traceIds: Set<string>;
  readonly since: number;
  touched: number;
}

export interface TraceLinkerOptions {
  readonly documents: LinkDocuments;
  readonly pending: PendingTraces;
  /** All stored spans with these trace ids. */
  readonly readTraces: (traceIds: readonly string[]) => Promise<Span[]>;
  /** Makes everything written before the call visible to `readTraces` and to `documents.traceIds`. */
  readonly refresh: () => Promise<void>;
  /** Told which days (a microsecond in each) have new links. */
  readonly onLinked: (timestamps: readonly EpochMicros[]) => void;
  readonly log: Log;
}

/**
 * Keeps the links of every trace up to date without a job. Spans are held in memory until their trace is quiet; then its links
 * are written as one document. Where a document exists already (spans came late, or another server wrote a part of the trace)
 * the whole trace is read back and its document replaced, so links equal the model's for all stored spans.
 */
export class TraceLinker {
  readonly #options: TraceLinkerOptions;
  readonly #traces = new Map<string, Pending>();
  /** Known from before a crash: linked from the stored spans. */
  readonly #recovered: string[];
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: TraceLinkerOptions) {
    this.#options = options;
    this.#recovered = options.pending.recover();
    if (this.#recovered.length > 0) this.#schedule();
  }

  /** Notes the traces of spans that are about to be stored; call before they are acknowledged. */
  add(spans: readonly Span[]): void {
    const now = Date.now();
    const fresh: string[] = [];
    for (const [id, part] of groupByLowTraceId(spans)) {
      let pending = this.#traces.get(id);
      if (pending === undefined) {
        pending = { spans: [], traceIds: new Set(), since: now, touched: now };
        this.#traces.set(id, pending);
      }
      pending.touched = now;
      for (const span of part) {
        pending.spans.push(linkFields(span));
        if (pending.traceIds.has(span.traceId)) continue;
        pending.traceIds.add(span.traceId);
        fresh.push(span.traceId);
      }
    }
    this.#options.pending.add(fresh);
    this.#schedule();
  }

  /** Links every pending trace now, also those that are not quiet yet. Rejects when storage does. */
  flush(): Promise<void> {
    return this.#enqueue(() => true);
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
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const now = Date.now();
      this.#enqueue(({ touched, since }) => now - touched >= quietMs || now - since >= longestMs)
        .catch(error => this.#options.log('warn', `Links are written later: ${(error as Error).message}`))
        .finally(() => {
          if (this.#traces.size > 0 || this.#recovered.length > 0) this.#schedule();
        });
    }, 500);
    this.#timer.unref();
  }

  #enqueue(due: (pending: Pending) => boolean): Promise<void> {
    const round = this.#round.then(() => this.#settle(due));
    this.#round = round.catch(() => {});
    return round;
  }

  async #settle(due: (pending: Pending) => boolean): Promise<void> {
    const ids = [...this.#traces].filter(([, pending]) => due(pending)).map(([id]) => id);
    for (let from = 0; from < ids.length; from += roundSize) await this.#settleRound(ids.slice(from, from + roundSize));
    while (this.#recovered.length > 0) {
      const round = this.#recovered.slice(0, roundSize);
      await this.#relink(round);
      this.#options.pending.settle(round);
      this.#recovered.splice(0, round.length);
    }
  }

  async #settleRound(ids: readonly string[]): Promise<void> {
    const held = new Map(ids.map(id => [id, this.#traces.get(id)]));
    const counts = new Map([...held].map(([id, pending]) => [id, pending?.spans.length ?? 0]));
    const [simple, again]: [TraceLinks[], string[]] = [[], []];
    for (const [id, pending] of held) {
      const spans = pending?.spans ?? [];
      const timestamp = traceTimestamp(spans);
      // Parts of a trace on two days would make a document on each; such a trace, and one whose start is not known, is read as a whole.
      if (timestamp === undefined || nearMidnight(timestamp)) again.push(id);
      else
        simple.push({ lowTraceId: id, timestamp, links: linkSpans(spans), traceIds: [...(pending?.traceIds ?? [])] });
    }
    const conflicts = await this.#options.documents.create(simple);
    const known = new Set(conflicts.map(trace => trace.lowTraceId));
    this.#options.onLinked(simple.filter(trace => !known.has(trace.lowTraceId)).map(trace => trace.timestamp));
    await this.#relink([...again, ...known].flatMap(id => [...(held.get(id)?.traceIds ?? [])]));
    const settled = ids.filter(id => this.#traces.get(id)?.spans.length === counts.get(id));
    for (const id of settled) this.#traces.delete(id);
    this.#options.pending.settle(settled.flatMap(id => [...(held.get(id)?.traceIds ?? [])]));
  }

  async #relink(traceIds: readonly string[]): Promise<void> {
    if (traceIds.length === 0) return;
    const { documents, readTraces, refresh } = this.#options;
    await refresh();
    const low = [...new Set(traceIds.map(lowTraceId))];
    // Another server may know parts of the trace under an id of the other length.
    const all = new Set([...traceIds, ...low, ...(await documents.traceIds(low))]);
    const traces: TraceLinks[] = [];
    for (const [id, trace] of groupByLowTraceId(await readTraces([...all]))) {
      const timestamp = traceTimestamp(trace);
      if (timestamp === undefined) continue;
      traces.push({
        lowTraceId: id,
        timestamp,
        links: linkSpans(trace),
        traceIds: [...new Set(trace.map(span => span.traceId))],
      });
    }
    await documents.replace(traces);
    this.#options.onLinked(traces.map(trace => trace.timestamp));
  }
}

function nearMidnight(timestamp: EpochMicros): boolean {
  const ofDay = timestamp % dayMicros;
  return ofDay < midnightMicros || ofDay > dayMicros - midnightMicros;
}

/** What linking reads of a span, so that tags and annotations are not held in memory. */
function linkFields(span: Span): Span {
  const { traceId, parentId, id, kind, timestamp, localEndpoint, remoteEndpoint, shared, tags } = span;
  const failed = tags !== undefined && Object.hasOwn(tags, 'error');
  return {
    traceId,
    parentId,
    id,
    kind,
    timestamp,
    localEndpoint,
    remoteEndpoint,
    shared,
    ...(failed && { tags: { error: '' } }),
  };
}
