import type { DependencyLink } from '@tracekin/model';
import type { DependencyQuery } from '@tracekin/storage';
import type { Log } from '../clickhouse-options.ts';
import type { CallLimits } from '../connection.ts';
import { hexAt } from '../read/span-rows.ts';
import { LinkSums } from './link-signature.ts';
import type { LinkChange, LinkStore } from './link-store.ts';

/** A trace is settled when nothing came for this long, or when it has waited for that long. */
const QUIET_MS = 3_000;
const PATIENCE_MS = 30_000;
const ROUND_INTERVAL_MS = 1_000;
/** Traces in one go: bounds the memory of a round and the size of its statements. */
const ROUND_TRACES = 4_000;
/** When more traces than this wait, rounds follow each other without a pause. */
const BACKLOG_TRACES = 20_000;

/** Who may settle. One server at a time: see lease.ts. */
export interface Leadership {
  /** True while no other server settles, and for long enough to finish an insert. */
  isLeader(): Promise<boolean>;
}

interface PendingTouch {
  readonly server: string;
  readonly seq: number;
  waiting: number;
}

interface DirtyTrace {
  since: number;
  touched: number;
  readonly touches: PendingTouch[];
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
 * Every written batch leaves a row in `touches`. Some seconds after the last touch of a trace its spans are read back, linked,
 * and compared with what `links` says already; the difference is written, negative where a late span changed what was
 * there. A server's checkpoint moves to the last batch all of whose traces are settled. So a crash at any point costs
 * nothing: touches after the checkpoint are found again, and settling again writes no difference.
 *
 * A query adds to the settled sums the links of unsettled traces, computed from their spans at that moment.
 */
export class Settler {
  readonly #options: SettlerOptions;
  readonly #store: LinkStore;
  readonly #dirty = new Map<string, DirtyTrace>();
  /** Touches whose traces are not all settled, by server, oldest first. */
  readonly #pending = new Map<string, PendingTouch[]>();
  /** Up to where touches of each server are in memory. */
  readonly #seen = new Map<string, number>();
  readonly #saved = new Map<string, number>();
  #lastSeq = 0;
  #loaded: Promise<void> | undefined;
  #touching: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: SettlerOptions) {
    this.#options = options;
    this.#store = options.store;
  }

  /** How many traces wait. */
  get waiting(): number {
    return this.#dirty.size;
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
   * Records that a batch changed traces; `traceWords` holds their low ids. After the spans are there and before the write is
   * acknowledged. One at a time, so that a later number never becomes visible before an earlier one.
   */
  touch(traceWords: Uint32Array, limits: CallLimits): Promise<void> {
    const { server } = this.#options;
    const touching = this.#touching.then(async () => {
      await this.start();
      const seq = Math.max(Date.now() * 1000, this.#lastSeq + 1);
      await this.#store.touch(server, seq, traceWords, limits);
      this.#lastSeq = seq;
      const lowIds = new Set<string>();
      for (let i = 0; i < traceWords.length / 2; i++) lowIds.add(hexAt(traceWords, i));
      this.#remember(server, seq, lowIds);
    });
    this.#touching = touching.catch(() => {});
    return touching;
  }

  /** Exact links of a window; see `Storage.getDependencies`. */
  async dependencies({ endTs, lookback }: DependencyQuery, limits: CallLimits): Promise<DependencyLink[]> {
    await this.start();
    if (this.#options.shared) await this.#loadOthers();
    const window = { from: Math.max(0, endTs - lookback), to: endTs };
    const unsettled = [...this.#dirty.keys()];
    const sums = new LinkSums();
    for (const [links, traces] of await this.#store.sums(window, unsettled, limits)) sums.add(links, traces);
    for (let start = 0; start < unsettled.length; start += ROUND_TRACES) {
      for (const { start: startMicros, links } of await this.#store.linksOf(
        unsettled.slice(start, start + ROUND_TRACES),
        limits,
      )) {
        const startMs = startMicros === undefined ? undefined : Math.floor(startMicros / 1000);
        if (startMs !== undefined && startMs >= window.from && startMs <= window.to) sums.add(links!, 1);
      }
    }
    return sums.links();
  }

  /**
   * Takes back the links of a trace whose spans are about to be deleted. `minutes` are those of its spans. Before the spans go,
   * because they tell where its links are.
   */
  async forget(low: string, minutes: readonly number[]): Promise<void> {
    await this.start();
    await this.#exclusive(async () => {
      await this.#store.change(difference(new Map(), await this.#store.settled([low], minutes)));
      for (const touch of this.#dirty.get(low)?.touches ?? []) touch.waiting--;
      this.#dirty.delete(low);
    });
  }

  /** Settles everything that waits now, whatever its age. For tests, benchmarks and a clean end. */
  async settleAll(): Promise<void> {
    await this.start();
    await this.#exclusive(async () => {
      while (this.#dirty.size > 0 && !this.#closed) await this.#settle([...this.#dirty.keys()].slice(0, ROUND_TRACES));
      await this.#saveCheckpoints();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#touching;
    await this.#round;
  }

  async #load(): Promise<void> {
    const checkpoints = await this.#store.checkpoints();
    for (const [server, seq] of checkpoints) {
      this.#seen.set(server, seq);
      this.#saved.set(server, seq);
    }
    await this.#loadOthers(true);
    this.#lastSeq = Math.max(this.#lastSeq, this.#seen.get(this.#options.server) ?? 0);
    this.#schedule();
  }

  /** Touches that other servers, or earlier runs of this one, wrote since the last look. */
  async #loadOthers(withOwn = false): Promise<void> {
    for (const [server, last] of await this.#store.servers()) {
      const seen = this.#seen.get(server) ?? 0;
      if (last <= seen || (server === this.#options.server && !withOwn)) continue;
      for (const { seq, lowIds } of await this.#store.touchesAfter(server, seen)) {
        if (seq > (this.#seen.get(server) ?? 0)) this.#remember(server, seq, new Set(lowIds));
      }
    }
  }

  #remember(server: string, seq: number, lowIds: ReadonlySet<string>): void {
    const touch: PendingTouch = { server, seq, waiting: lowIds.size };
    const pending = this.#pending.get(server);
    if (pending === undefined) this.#pending.set(server, [touch]);
    else pending.push(touch);
    this.#seen.set(server, seq);
    const now = Date.now();
    for (const low of lowIds) {
      const trace = this.#dirty.get(low);
      if (trace === undefined) this.#dirty.set(low, { since: now, touched: now, touches: [touch] });
      else {
        trace.touched = now;
        trace.touches.push(touch);
      }
    }
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
    if (this.#dirty.size === 0 && !this.#options.shared) return;
    const delay = this.#dirty.size > BACKLOG_TRACES ? 0 : ROUND_INTERVAL_MS;
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
    const due: string[] = [];
    for (const [low, { since, touched }] of this.#dirty) {
      if (now - touched >= QUIET_MS || now - since >= PATIENCE_MS) due.push(low);
      if (due.length >= ROUND_TRACES) break;
    }
    if (due.length > 0) await this.#settle(due);
    await this.#saveCheckpoints();
  }

  /** Another server settles: what its checkpoints cover no longer waits here. */
  async #forgetSettled(): Promise<void> {
    const checkpoints = await this.#store.checkpoints();
    for (const [low, trace] of this.#dirty) {
      const left = trace.touches.filter(({ server, seq }) => seq > (checkpoints.get(server) ?? 0));
      if (left.length === 0) this.#dirty.delete(low);
    }
    for (const [server, seq] of checkpoints) {
      this.#saved.set(server, seq);
      const pending = this.#pending.get(server);
      if (pending !== undefined)
        this.#pending.set(
          server,
          pending.filter(touch => touch.seq > seq),
        );
    }
  }

  async #settle(lowIds: readonly string[]): Promise<void> {
    // What is touched from here on is dirty again, and does not count as settled by this round.
    const taken = lowIds.map(low => [low, this.#dirty.get(low)!] as const);
    const counts = new Map(taken.map(([low, { touches }]) => [low, touches.length]));
    const wanted = new Map<string, LinkChange>();
    const minutes = new Set<number>();
    for (const { low, start, links } of await this.#store.linksOf(lowIds, {}, minutes)) {
      if (start === undefined) continue;
      const startMs = Math.floor(start / 1000);
      if (links !== '') wanted.set(low, { low, startMs, links: links!, sign: 1 });
    }
    const changes = difference(wanted, await this.#store.settled(lowIds, [...minutes]));
    if (!(await this.#options.leadership.isLeader())) return;
    await this.#store.change(changes);
    const now = Date.now();
    for (const [low, trace] of taken) {
      for (const touch of trace.touches.splice(0, counts.get(low)!)) touch.waiting--;
      trace.since = now;
      if (trace.touches.length === 0 && this.#dirty.get(low) === trace) this.#dirty.delete(low);
    }
  }

  async #saveCheckpoints(): Promise<void> {
    for (const [server, pending] of this.#pending) {
      const unfinished = pending.findIndex(({ waiting }) => waiting > 0);
      const finished = unfinished < 0 ? pending.length : unfinished;
      if (finished === 0) continue;
      const seq = pending[finished - 1]!.seq;
      if (seq > (this.#saved.get(server) ?? 0)) {
        await this.#store.saveCheckpoint(server, seq);
        this.#saved.set(server, seq);
      }
      pending.splice(0, finished);
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
