import { setImmediate } from 'node:timers/promises';
import type { DependencyLink } from '@tracekin/model';
import type { DependencyQuery } from '@tracekin/storage';
import type { Log } from '../clickhouse-options.ts';
import type { CallLimits } from '../connection.ts';
import type { BatchLinkRows } from './batch-link-rows.ts';
import type { TraceLinks } from './column-linker.ts';
import { KnownTraces } from './known-traces.ts';
import { LinkSums } from './link-signature.ts';
import type { MillisWindow } from './link-sql.ts';
import type { LinkChange, LinkStore } from './link-store.ts';
import { gatherRows } from './recent-rows.ts';
import { type UnsettledTrace, UnsettledTraces } from './unsettled-traces.ts';

/** A trace is settled when nothing came for this long, or when it has waited for that long. */
const QUIET_MS = 3_000;
const PATIENCE_MS = 30_000;
const ROUND_INTERVAL_MS = 1_000;
/** Traces to read in one go: bounds the memory of a round and the size of its statements. */
const ROUND_READ_TRACES = 4_000;
/** Traces in one go whose rows are in memory. */
const ROUND_TRACES = 20_000;
/** When more traces than this wait, rounds follow each other without a pause. */
const BACKLOG_TRACES = 100_000;
/** What a crash makes the next run settle again, for nothing, is up to this old. */
const CHECKPOINT_INTERVAL_MS = 5_000;

/** Who may settle. One server at a time: see lease.ts. */
export interface Leadership {
  /** True while no other server settles, and for long enough to finish an insert. */
  isLeader(): Promise<boolean>;
}

export interface SettlerOptions {
  readonly store: LinkStore;
  readonly server: string;
  readonly leadership: Leadership;
  /** Whether other servers write to the same tables. */
  readonly shared: boolean;
  readonly log: Log;
}

/**
 * Keeps table `links` up to date: for each trace, the sum of its rows says where it starts and which links it has.
 *
 * Every written batch leaves a row in `touches`. Some seconds after the last touch of a trace it is linked. What links need
 * of its spans is usually still in memory, and then nothing of the trace can be in `links` yet. Else its spans are read back,
 * and the difference to what `links` says already is written, negative where a late span changed what was there. A server's
 * checkpoint moves to the last batch all of whose traces are settled. So a crash at any point costs nothing: touches after
 * the checkpoint are found again, and settling again writes no difference.
 *
 * A query adds to the settled sums the links of unsettled traces, computed from their spans at that moment.
 */
export class Settler {
  readonly #options: SettlerOptions;
  readonly #store: LinkStore;
  readonly #known = new KnownTraces();
  readonly #unsettled = new UnsettledTraces(this.#known);
  /** Up to where touches of each server are in memory. */
  readonly #seen = new Map<string, number>();
  readonly #saved = new Map<string, number>();
  /** Traces that a round is about to write, or is writing, rows of. */
  #changing: ReadonlySet<UnsettledTrace> = new Set();
  /** Queries that count on rows of other traces not being written before they end. */
  readonly #queries = new Set<Promise<unknown>>();
  #lastSeq = 0;
  #loaded: Promise<void> | undefined;
  #learning: Promise<void> = Promise.resolve();
  #touching: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #checkpointsAt = 0;
  #closed = false;

  constructor(options: SettlerOptions) {
    this.#options = options;
    this.#store = options.store;
  }

  /** How many traces wait. */
  get waiting(): number {
    return this.#unsettled.size;
  }

  /** Reads what earlier runs left. Called once the schema is there; repeatable. */
  start(): Promise<void> {
    this.#loaded ??= this.#load().catch(error => {
      this.#loaded = undefined;
      throw error;
    });
    return this.#loaded;
  }

  /**
   * Records that a batch changed traces; `traceWords` holds their low ids, `rows` what links need of its spans. After the
   * spans are there and before the write is acknowledged. One at a time, so that a later number never becomes visible
   * before an earlier one.
   */
  touch(traceWords: Uint32Array, limits: CallLimits, rows?: BatchLinkRows): Promise<void> {
    const { server } = this.#options;
    const touching = this.#touching.then(async () => {
      await this.start();
      const seq = Math.max(Date.now() * 1000, this.#lastSeq + 1);
      await this.#store.touch(server, seq, traceWords, limits);
      this.#lastSeq = seq;
      this.#remember(server, seq, traceWords, rows);
    });
    this.#touching = touching.catch(() => {});
    return touching;
  }

  /** Exact links of a window; see `Storage.getDependencies`. */
  async dependencies({ endTs, lookback }: DependencyQuery, limits: CallLimits): Promise<DependencyLink[]> {
    await this.start();
    if (this.#options.shared) await this.#loadOthers();
    const query = this.#linksIn({ from: Math.max(0, endTs - lookback), to: endTs }, limits);
    const ended = query.catch(() => {}).then(() => void this.#queries.delete(ended));
    this.#queries.add(ended);
    return query;
  }

  /**
   * A trace whose rows are in memory has none in `links`, unless a round is writing them or another server may be: only then
   * the sum has to leave it out.
   */
  async #linksIn(window: MillisWindow, limits: CallLimits): Promise<DependencyLink[]> {
    const unsettled = [...this.#unsettled.values()];
    const excluded = unsettled.filter(
      trace => this.#options.shared || trace.rows === undefined || this.#changing.has(trace),
    );
    const excludedIds = excluded.map(({ low }) => low);
    const summing = this.#store.sums(window, excludedIds, limits);
    summing.catch(() => {});
    const sums = new LinkSums();
    for (let from = 0; from < unsettled.length; from += ROUND_READ_TRACES) {
      for (const { start, links } of await this.#link(unsettled.slice(from, from + ROUND_READ_TRACES), limits)) {
        const startMs = start === undefined ? undefined : Math.floor(start / 1000);
        if (startMs !== undefined && startMs >= window.from && startMs <= window.to) sums.add(links!, 1);
      }
      await setImmediate();
    }
    for (const [links, traces] of await summing) sums.add(links, traces);
    return sums.links();
  }

  /** Start and links of traces as they are now, from memory where it has them. Adds to `minutes` those of their spans. */
  async #link(
    traces: readonly UnsettledTrace[],
    limits: CallLimits = {},
    minutes?: Set<number>,
  ): Promise<TraceLinks[]> {
    const inMemory = traces.filter(({ rows }) => rows !== undefined);
    const rows = gatherRows(inMemory.map(({ rows = [] }) => rows));
    const toRead = traces.filter(({ rows }) => rows === undefined).map(({ low }) => low);
    return [
      ...(await this.#store.linksOfRows(rows, limits, minutes)),
      ...(await this.#store.linksOf(toRead, limits, minutes)),
    ];
  }

  /**
   * Takes back the links of a trace whose spans are about to be deleted. `minutes` are those of its spans. Before the spans go,
   * because they tell where its links are.
   */
  async forget(low: string, minutes: readonly number[]): Promise<void> {
    await this.start();
    await this.#exclusive(async () => {
      await this.#store.change(difference(new Map(), await this.#store.settled([low], minutes)));
      this.#unsettled.drop(low);
    });
  }

  /** Settles everything that waits now, whatever its age. For tests, benchmarks and a clean end. */
  async settleAll(): Promise<void> {
    await this.start();
    await this.#exclusive(async () => {
      while (this.#unsettled.size > 0 && !this.#closed)
        await this.#settle([...this.#unsettled.values()].slice(0, ROUND_READ_TRACES));
      await this.#saveCheckpoints();
    });
  }

  /** Resolves when it knows which traces the tables have, from when on links of new ones come from memory. For tests. */
  async learned(): Promise<void> {
    await this.start();
    await this.#learning;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#touching;
    await this.#round;
    await this.#learning;
  }

  async #load(): Promise<void> {
    const checkpoints = await this.#store.checkpoints();
    for (const [server, seq] of checkpoints) {
      this.#seen.set(server, seq);
      this.#saved.set(server, seq);
    }
    const slices = await this.#store.traceSlices();
    await this.#loadOthers(true);
    this.#lastSeq = Math.max(this.#lastSeq, this.#seen.get(this.#options.server) ?? 0);
    // Before the first touch of this process, so nothing that it writes can be missed.
    this.#unsettled.allKnown = slices === 0;
    if (slices > 0) this.#learning = this.#learn(slices);
    this.#schedule();
  }

  /** In the background. If it fails, spans go on being read back. */
  async #learn(slices: number): Promise<void> {
    try {
      for (let slice = 0; slice < slices && !this.#closed; slice++) {
        for (const words of await this.#store.traceIds(slice, slices)) {
          for (let i = 0; i < words.length; i += 2) this.#known.add(words[i]!, words[i + 1]!);
        }
      }
      this.#unsettled.allKnown = !this.#closed;
    } catch (error) {
      if (!this.#closed) this.#options.log('warn', `dependency links stay slow: ${(error as Error).message}`);
    }
  }

  /** Touches that other servers, or earlier runs of this one, wrote since the last look. */
  async #loadOthers(withOwn = false): Promise<void> {
    for (const [server, last] of await this.#store.servers()) {
      const seen = this.#seen.get(server) ?? 0;
      if (last <= seen || (server === this.#options.server && !withOwn)) continue;
      for (const { seq, traceWords } of await this.#store.touchesAfter(server, seen)) {
        if (seq > (this.#seen.get(server) ?? 0)) this.#remember(server, seq, traceWords);
      }
    }
  }

  #remember(server: string, seq: number, traceWords: Uint32Array, rows?: BatchLinkRows): void {
    this.#unsettled.touch(server, seq, traceWords, Date.now(), rows);
    this.#seen.set(server, seq);
    this.#schedule();
  }

  /** Rounds read what is there and write the difference, so two at once would write it twice. */
  #exclusive(work: () => Promise<void>): Promise<void> {
    const running = this.#round.then(work);
    this.#round = running.catch(() => {});
    return running;
  }

  #schedule(): void {
    if (this.#closed || this.#timer !== undefined) return;
    if (this.#unsettled.size === 0 && !this.#options.shared) return;
    const delay = this.#unsettled.size > BACKLOG_TRACES ? 0 : ROUND_INTERVAL_MS;
    this.#timer = setTimeout(() => {
      this.#exclusive(() => this.#settleDue())
        .catch(error => {
          if (!this.#closed) this.#options.log('warn', `dependency links wait: ${(error as Error).message}`);
        })
        .finally(() => {
          this.#timer = undefined;
          this.#schedule();
        });
    }, delay).unref();
  }

  async #settleDue(): Promise<void> {
    if (!(await this.#options.leadership.isLeader())) return this.#forgetSettled();
    if (this.#options.shared) await this.#loadOthers();
    const now = Date.now();
    const due: UnsettledTrace[] = [];
    let toRead = 0;
    for (const trace of this.#unsettled.values()) {
      if (now - trace.touched < QUIET_MS && now - trace.since < PATIENCE_MS) continue;
      due.push(trace);
      if (trace.rows === undefined) toRead++;
      if (due.length >= ROUND_TRACES || toRead >= ROUND_READ_TRACES) break;
    }
    if (due.length > 0) await this.#settle(due);
    if (this.#unsettled.size === 0 || now - this.#checkpointsAt >= CHECKPOINT_INTERVAL_MS)
      await this.#saveCheckpoints();
  }

  /** Another server settles: what its checkpoints cover no longer waits here. */
  async #forgetSettled(): Promise<void> {
    const checkpoints = await this.#store.checkpoints();
    this.#unsettled.settledUpTo(checkpoints);
    for (const [server, seq] of checkpoints) this.#saved.set(server, seq);
  }

  async #settle(traces: readonly UnsettledTrace[]): Promise<void> {
    // From here on queries leave these traces out of the sums; those under way do not.
    this.#changing = new Set(traces);
    const queries = [...this.#queries];
    try {
      // What is touched from here on is dirty again, and does not count as settled by this round.
      const touches = traces.map(trace => trace.touches.length);
      const mayBeThere = traces.filter(({ rows }) => this.#options.shared || rows === undefined).map(({ low }) => low);
      const wanted = new Map<string, LinkChange>();
      const minutes = new Set<number>();
      for (const { low, start, links } of await this.#link(traces, {}, minutes)) {
        if (start === undefined) continue;
        const startMs = Math.floor(start / 1000);
        if (links !== '') wanted.set(low, { low, startMs, links: links!, sign: 1 });
      }
      const changes = difference(wanted, await this.#store.settled(mayBeThere, [...minutes]));
      await Promise.all(queries);
      if (!(await this.#options.leadership.isLeader())) return;
      await this.#store.change(changes);
      const now = Date.now();
      for (const [i, trace] of traces.entries()) this.#unsettled.settled(trace, touches[i]!, now);
    } catch (error) {
      // Rows may have been written all the same.
      for (const trace of traces) this.#unsettled.forgetRows(trace);
      throw error;
    } finally {
      this.#changing = new Set();
    }
  }

  async #saveCheckpoints(): Promise<void> {
    this.#checkpointsAt = Date.now();
    for (const [server, seq] of this.#unsettled.takeFinished()) {
      if (seq <= (this.#saved.get(server) ?? 0)) continue;
      await this.#store.saveCheckpoint(server, seq);
      this.#saved.set(server, seq);
    }
  }
}

/** What to write so that the sums of rows become what is wanted. */
function difference(wanted: ReadonlyMap<string, LinkChange>, settled: readonly LinkChange[]): LinkChange[] {
  const changes: LinkChange[] = [];
  const there = new Set<string>();
  for (const row of settled) {
    const target = wanted.get(row.low);
    const same = target !== undefined && target.startMs === row.startMs && target.links === row.links;
    if (same) there.add(row.low);
    // A row per trace, so that a sign stays within a byte whatever went wrong before.
    const surplus = same ? row.sign - 1 : row.sign;
    for (let i = 0; i < Math.abs(surplus); i++) changes.push({ ...row, sign: surplus > 0 ? -1 : 1 });
  }
  for (const [low, change] of wanted) if (!there.has(low)) changes.push(change);
  return changes;
}
