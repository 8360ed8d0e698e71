import { encodeSpans } from '@tracekin/codec';
import type { Span } from '@tracekin/model';
import type { Storage } from '@tracekin/storage';
import { backOff } from './backoff.ts';
import { BatchDelay, processorTimes } from './batch-delay.ts';
import { BatchQueue, RecordBatch } from './batch-queue.ts';
import type { CollectorMetrics } from './collector-metrics.ts';
import { decoderFor } from './decoder-for.ts';
import { FlowControl } from './flow-control.ts';
import { KeptSpans } from './kept-spans.ts';
import { type Log, noLog } from './log.ts';
import { setRejectedAside } from './rejected-spans.ts';
import { comparePositions, type SpoolPosition, type SpoolRange } from './spool/position.ts';
import type { RecordInfo } from './spool/record.ts';
import type { Spool } from './spool/spool.ts';
import type { BatchPlan } from './spool/state-file.ts';
import { SpoolReader } from './spool-reader.ts';
import { storeBatch } from './store-batch.ts';
import { within } from './within.ts';
import { type WriterTuning, withDefaults } from './writer-tuning.ts';

export interface WriterOptions extends WriterTuning {
  readonly spool: Spool;
  readonly storage: Storage;
  readonly metrics: CollectorMetrics;
  readonly log?: Log;
}

/** How far storage is behind what was accepted. */
export interface Backlog {
  /** Spans accepted by this process and not yet stored. Those that an earlier process left count in `bytes` only. */
  readonly spans: number;
  /** Bytes of spool records that are not known to be stored. */
  readonly bytes: number;
  /** How long the oldest span that is about to be written has waited, in milliseconds; 0 when none waits. */
  readonly ageMs: number;
  readonly batchesStored: number;
  readonly failedAttempts: number;
  /** Why the last attempt failed; undefined while storage takes what it is given. */
  readonly failure: string | undefined;
}

/**
 * Moves records from the spool to storage in batches, each of them once.
 *
 * In normal operation spans come decoded from `committed`, right after they were appended. When more wait than memory may
 * hold, and after a restart, it *catches up*: batches are read from the spool until its end is reached.
 */
export class Writer {
  readonly #spool: Spool;
  readonly #storage: Storage;
  readonly #metrics: CollectorMetrics;
  readonly #log: Log;
  readonly #tuning: Required<WriterTuning>;
  readonly #queue: BatchQueue;
  readonly #delay: BatchDelay;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #flow: FlowControl;
  readonly #reader: SpoolReader;
  readonly #running: Promise<void>;
  /** Behind the last record that is in a batch or in the queue. */
  #cursor: SpoolPosition;
  #catchingUp = true;
  #flushing = false;
  #held = { spans: 0, bytes: 0 };
  /** Spans accepted by this process that are on disk only. */
  #onDiskSpans = 0;
  readonly #underWay = new Set<{ readonly since: number }>();
  #wakeAtSpans = Number.POSITIVE_INFINITY;
  #wake: () => void = () => {};
  #batchesStored = 0;
  #failedAttempts = 0;
  #failure: string | undefined;

  constructor(options: WriterOptions) {
    this.#spool = options.spool;
    this.#storage = options.storage;
    this.#metrics = options.metrics;
    this.#log = options.log ?? noLog;
    this.#tuning = withDefaults(options);
    this.#delay = new BatchDelay(this.#tuning.maxDelayMs, () => ({ ...processorTimes(), ...this.#spool.groupCounts }));
    this.#flow = new FlowControl(() => this.#failure === undefined && (this.#catchingUp || this.#isHalfFull()));
    this.#cursor = this.#spool.plans.next;
    const { storage } = options;
    const open = (): RecordBatch => new RecordBatch(storage.openBatch?.() ?? new KeptSpans(storage));
    this.#queue = new BatchQueue(open, this.#tuning);
    this.#reader = new SpoolReader(this.#spool, this.#metrics, this.#log, open, decoderFor(storage));
    this.#running = this.#run().catch(error => {
      if (!this.#stopping.signal.aborted) this.#log('error', 'the spool writer has stopped', { cause: String(error) });
    });
  }

  get backlog(): Backlog {
    const waiting = [...this.#underWay].map(({ since }) => since);
    const oldest = Math.min(...waiting, this.#queue.first?.records[0]?.acceptedAt ?? Number.POSITIVE_INFINITY);
    return {
      spans: this.#held.spans + this.#onDiskSpans,
      bytes: this.#spool.backlogBytes,
      ageMs: Number.isFinite(oldest) ? Math.max(0, Date.now() - oldest) : 0,
      batchesStored: this.#batchesStored,
      failedAttempts: this.#failedAttempts,
      failure: this.#failure,
    };
  }

  /** Undefined when a message may be taken at once; else resolves when the writer has caught up a little, in 100 ms at most. */
  admit(): Promise<void> | undefined {
    return this.#flow.admit();
  }

  /** A record was appended; called in the order of the spool, for every record. */
  committed({ to }: SpoolRange, spans: readonly Span[], { transport, acceptedAt }: RecordInfo, bytes: number): void {
    // Seen by catching up, in the moment between its being written and this call.
    if (comparePositions(to, this.#cursor) <= 0) return;
    if (!this.#catchingUp && this.#isFull()) {
      this.#catchingUp = true;
      this.#log('warn', 'storage is slower than what is accepted: the rest waits in the spool only', { ...this.#held });
    }
    if (this.#catchingUp) {
      this.#onDiskSpans += spans.length;
      if (this.#queue.isEmpty) this.#wake();
      return;
    }
    this.#queue.push({ to, spanCount: spans.length, transport, bytes, acceptedAt }, spans);
    this.#cursor = to;
    this.#held.spans += spans.length;
    this.#held.bytes += bytes;
    if (this.#queue.first!.spanCount >= this.#wakeAtSpans) this.#wake();
  }

  /**
   * Writes what was accepted without waiting for batches to fill. Resolves to whether all of it is stored: false when
   * `timeoutMs` passed first, or when storage fails. Nothing is lost then: it stays in the spool.
   */
  async drain(timeoutMs: number): Promise<boolean> {
    const until = Date.now() + timeoutMs;
    this.#flushing = true;
    try {
      while (!this.#isIdle()) {
        const left = until - Date.now();
        if (left <= 0 || this.#stopping.signal.aborted || this.#failure !== undefined) return false;
        this.#wake();
        await within(Math.min(left, 20), Promise.race(this.#inFlight));
      }
      return true;
    } finally {
      this.#flushing = false;
    }
  }

  /** Stops after the writes under way, or after `timeoutMs`. */
  async close(timeoutMs: number): Promise<void> {
    this.#stopping.abort(new Error('the collector is closing'));
    this.#wake();
    await within(
      timeoutMs,
      this.#running.then(() => Promise.all(this.#inFlight)),
    );
  }

  async #run(): Promise<void> {
    for (const plan of this.#spool.plans.unfinished) {
      await this.#freeSlot();
      this.#store(plan, await this.#fromPlan(plan));
    }
    while (!this.#stopping.signal.aborted) {
      await this.#freeSlot();
      const batch = this.#catchingUp && this.#queue.isEmpty ? await this.#fromDisk() : await this.#fromMemory();
      if (this.#stopping.signal.aborted) return;
      if (batch === undefined) continue;
      if (batch.spanCount === 0) {
        // No intact record, or none at all.
        this.#held.bytes -= batch.bytes;
        batch.content.close();
        if (this.#queue.isEmpty) await this.#spool.plans.skip(this.#cursor).catch(() => {});
        continue;
      }
      const plan = await this.#decide(batch.records.at(-1)!.to);
      this.#store(plan, batch);
    }
  }

  /** Waits for records, then until the batch is worth a write. Undefined when there is none after all. */
  async #fromMemory(): Promise<RecordBatch | undefined> {
    const { maxBatchSpans } = this.#tuning;
    while (this.#queue.isEmpty && !this.#catchingUp && !this.#stopping.signal.aborted) await this.#change(1);
    const maxDelayMs = this.#delay.next();
    for (;;) {
      const { first } = this.#queue;
      if (first === undefined || first.isFull(this.#tuning)) break;
      if (this.#catchingUp || this.#flushing || this.#stopping.signal.aborted) break;
      // Never more than the delay itself, whatever was done to the clock.
      const left = Math.min(maxDelayMs, first.records[0]!.acceptedAt + maxDelayMs - Date.now());
      if (left <= 0) break;
      await this.#change(maxBatchSpans, left);
    }
    return this.#queue.take();
  }

  /** The next batch as the spool has it. Ends catching up when that reaches the spool's end. */
  async #fromDisk(): Promise<RecordBatch> {
    const end = this.#spool.end;
    const { batch, to, ownSpans } = await this.#persist(() => this.#reader.read(this.#cursor, end, this.#tuning));
    this.#cursor = to;
    this.#hold(batch);
    this.#onDiskSpans = Math.max(0, this.#onDiskSpans - ownSpans);
    // No await between this and the comparison: a record that is committed later comes through `committed`.
    if (comparePositions(this.#spool.end, to) === 0) {
      this.#catchingUp = false;
      this.#onDiskSpans = 0;
      this.#flow.recheck();
    }
    return batch;
  }

  async #fromPlan(plan: BatchPlan): Promise<RecordBatch> {
    const { batch } = await this.#persist(() => this.#reader.read(plan.from, plan.to));
    this.#hold(batch);
    return batch;
  }

  #hold(batch: RecordBatch): void {
    this.#held.spans += batch.spanCount;
    this.#held.bytes += batch.bytes;
  }

  #decide(to: SpoolPosition): Promise<BatchPlan> {
    return this.#persist(() => this.#spool.plans.plan(to));
  }

  /** Starts writing a batch; it takes a slot until it is stored. */
  #store(plan: BatchPlan, batch: RecordBatch): void {
    const underWay = { since: batch.records[0]?.acceptedAt ?? Date.now() };
    this.#underWay.add(underWay);
    const task = (async () => {
      if (batch.spanCount > 0) {
        await storeBatch(plan.id, batch.content, plan.split === true, {
          storage: this.#storage,
          backoff: this.#tuning.backoff,
          signal: this.#stopping.signal,
          splitting: () => this.#persist(() => this.#spool.plans.split(plan.id)),
          setAside: (span, index, id, error) => this.#setAside(batch, span, index, id, error),
          retrying: (error, attempt) => this.#failed(error, attempt, plan.id),
        });
        this.#recovered();
      }
      this.#batchesStored++;
      // If this does not reach the disk, the batch is written again after a restart and storage ignores it.
      await this.#spool.plans
        .done(plan.id)
        .catch(error => this.#log('warn', 'the spool state could not be saved', { cause: String(error) }));
    })()
      .catch(error => {
        if (this.#stopping.signal.aborted) return;
        this.#log('error', 'a batch could not be written', { batch: plan.id, cause: String(error) });
      })
      .finally(() => {
        this.#inFlight.delete(task);
        this.#underWay.delete(underWay);
        this.#held.spans -= batch.spanCount;
        this.#held.bytes -= batch.bytes;
        batch.content.close();
        this.#flow.recheck();
      });
    this.#inFlight.add(task);
  }

  async #setAside(batch: RecordBatch, span: Span, index: number, id: string, error: unknown): Promise<void> {
    const path = await this.#persist(() =>
      setRejectedAside(this.#spool.directory, `${id}.json`, encodeSpans([span], 'json-v2')),
    );
    this.#metrics.spansDropped(batch.transportOf(index), 1, 'storage');
    const { traceId, id: spanId } = span;
    this.#log('error', 'storage refuses a span for ever; it is set aside', {
      traceId,
      spanId,
      path,
      cause: String(error),
    });
  }

  /** Repeats what needs the spool's own disk until it works. */
  async #persist<T>(action: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await action();
      } catch (error) {
        if (this.#stopping.signal.aborted) throw error;
        if (attempt === 1)
          this.#log('error', 'the disk that holds the spool fails; trying again', { cause: String(error) });
        await backOff(attempt, this.#tuning.backoff, this.#stopping.signal);
      }
    }
  }

  #failed(error: unknown, attempt: number, batch: string): void {
    this.#failedAttempts++;
    const failure = error instanceof Error ? error.message : String(error);
    // The first of a series, then about every minute at the longest back-off.
    if (attempt === 1 || attempt % 12 === 0) {
      this.#log('warn', 'storage does not take a batch; trying again', { batch, attempt, cause: failure });
    }
    this.#failure = failure;
    this.#flow.recheck();
  }

  #recovered(): void {
    if (this.#failure !== undefined)
      this.#log('info', 'storage takes batches again', { backlogBytes: this.backlog.bytes });
    this.#failure = undefined;
  }

  #isFull(): boolean {
    return this.#held.spans >= this.#tuning.maxHeldSpans || this.#held.bytes >= this.#tuning.maxHeldBytes;
  }

  #isHalfFull(): boolean {
    return this.#held.spans * 2 >= this.#tuning.maxHeldSpans || this.#held.bytes * 2 >= this.#tuning.maxHeldBytes;
  }

  #isIdle(): boolean {
    return this.#queue.isEmpty && !this.#catchingUp && this.#inFlight.size === 0 && this.#held.spans === 0;
  }

  async #freeSlot(): Promise<void> {
    while (this.#inFlight.size >= this.#tuning.maxInFlight) await Promise.race(this.#inFlight);
  }

  /** Waits until the queue has `spans`, for `drain` or `close`, or for `ms`. */
  async #change(spans: number, ms?: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>(resolve => {
      this.#wakeAtSpans = spans;
      this.#wake = resolve;
      if (ms !== undefined) timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
    this.#wakeAtSpans = Number.POSITIVE_INFINITY;
    this.#wake = () => {};
  }
}
