import { randomUUID } from 'node:crypto';
import type { Connection } from '../connection.ts';
import { stringColumn } from '../read/span-rows.ts';
import { type Layout, LEASES, tableName } from '../schema/tables.ts';
import type { Leadership } from './settler.ts';

const HEARTBEAT_MS = 5_000;
/** A server that was not heard of for this long is gone. */
const LOST_MS = 20_000;
/** A leader whose last heartbeat is older than this stops settling, well before others count it as gone. */
const FRESH_MS = 10_000;

/** A name for this process that sorts by when it was made, so that the longest running server leads and a new one waits. */
export function newServerName(now: number = Date.now()): string {
  return `${now.toString(36).padStart(9, '0')}-${randomUUID()}`;
}

/**
 * Which of the servers on one ClickHouse settles links: of those that were heard of lately, the one with the smallest name.
 * All times are the engine's own, so that the servers' clocks do not matter.
 */
export class Lease implements Leadership, AsyncDisposable {
  readonly #connection: Connection;
  readonly #layout: Layout;
  readonly #server: string;
  readonly #clock: () => number;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;
  #beatAt = Number.NEGATIVE_INFINITY;
  #leaderSince: number | undefined;

  constructor(connection: Connection, layout: Layout, server: string, clock: () => number = () => performance.now()) {
    this.#connection = connection;
    this.#layout = layout;
    this.#server = server;
    this.#clock = clock;
  }

  async isLeader(): Promise<boolean> {
    if (this.#timer === undefined) {
      this.#timer = setInterval(() => void this.beat(), HEARTBEAT_MS).unref();
      await this.beat();
    }
    const now = this.#clock();
    // The wait gives a leader that was cut off the time to notice.
    return now - this.#beatAt < FRESH_MS && this.#leaderSince !== undefined && now - this.#leaderSince >= FRESH_MS;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
  }

  /** Says that this server lives and asks who leads. Never rejects; a failure lets the lease grow old. */
  beat(): Promise<void> {
    this.#beating ??= this.#tryBeat()
      .catch(() => {})
      .finally(() => {
        this.#beating = undefined;
      });
    return this.#beating;
  }

  async #tryBeat(): Promise<void> {
    const started = this.#clock();
    const table = tableName(this.#layout, LEASES);
    const limits = { timeoutMs: HEARTBEAT_MS };
    const parameters = { server: this.#server };
    await this.#connection.command(
      { text: `INSERT INTO ${table} (server, at) SELECT {server:String}, now64(3)`, parameters },
      limits,
    );
    const blocks = await this.#connection.query(
      { text: `SELECT min(server) AS leader FROM ${table} WHERE at > now64(3) - INTERVAL ${LOST_MS / 1000} SECOND` },
      limits,
    );
    const leader = blocks[0] && stringColumn(blocks[0], 'leader')[0];
    this.#beatAt = started;
    if (leader !== this.#server) this.#leaderSince = undefined;
    else this.#leaderSince ??= started;
  }
}
