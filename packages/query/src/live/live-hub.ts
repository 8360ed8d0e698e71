import { PassThrough, type Readable } from 'node:stream';
import { type Span, TracekinError } from '@tracekin/model';

/** Something that clients follow. Clients with the same key share one. */
export interface Subject {
  readonly key: string;
  /** Whether what was just written may have changed it; cheap. */
  readonly concerns: (span: Span) => boolean;
  /** What is news since the last call, as the data of one event; undefined for none. The first call says how it is. */
  readonly look: (signal: AbortSignal) => Promise<string | undefined>;
  /** What somebody who joins later has missed. */
  readonly state: () => string | undefined;
  /** Name of the events. */
  readonly event: string;
  /** How often to look without a reason, in milliseconds: other servers may write to the same storage. */
  readonly lookEveryMs: number;
}

export interface LiveHubOptions {
  /** Default 100. */
  readonly maxClients?: number;
  /** The least time between two looks at one subject. Default 500. */
  readonly settleMs?: number;
  /** Default 15,000: less than proxies wait for a silent answer. */
  readonly heartbeatMs?: number;
}

/** Spans of a write that are checked; in a larger one something will concern everybody. */
const MOST_CHECKED = 2_000;
/** A client that reads this much slower than it is told is let go; its browser comes back. */
const MOST_WAITING_BYTES = 1024 * 1024;

/**
 * Tells clients by server-sent events what changes. Looks only while somebody follows, once for all who follow the same, and
 * after a write that concerns it. Everything is bounded: clients, what waits for each of them, how often storage is asked.
 */
export class LiveHub {
  readonly #options: Required<LiveHubOptions>;
  readonly #followed = new Map<string, Followed>();
  #clients = 0;
  #closed = false;

  constructor({ maxClients = 100, settleMs = 500, heartbeatMs = 15_000 }: LiveHubOptions = {}) {
    this.#options = { maxClients, settleMs, heartbeatMs };
  }

  /** Clients now. */
  get clients(): number {
    return this.#clients;
  }

  /** Storage has these. Costs nothing while nobody follows. */
  written(spans: readonly Span[]): void {
    for (const followed of this.#followed.values()) followed.written(spans);
  }

  /** A stream of events until the client goes or the hub closes. @throws TracekinError `overloaded` */
  follow(subject: Subject): Readable {
    if (this.#closed) throw new TracekinError('unavailable', 'the server is closing');
    if (this.#clients >= this.#options.maxClients) {
      throw new TracekinError('overloaded', `${this.#options.maxClients} clients follow already`, {
        retryAfterMs: 10_000,
      });
    }
    const stream = new PassThrough();
    const followed = this.#followed.get(subject.key) ?? new Followed(subject, this.#options.settleMs);
    this.#followed.set(subject.key, followed);
    this.#clients++;
    stream.write('retry: 3000\n\n');
    const heartbeat = setInterval(() => send(stream, ': still here\n\n'), this.#options.heartbeatMs);
    stream.once('finish', () => clearInterval(heartbeat));
    stream.once('close', () => {
      clearInterval(heartbeat);
      this.#clients--;
      if (followed.leave(stream)) this.#followed.delete(subject.key);
    });
    followed.join(stream);
    return stream;
  }

  /** Ends every stream. */
  close(): void {
    this.#closed = true;
    for (const followed of this.#followed.values()) followed.end();
  }
}

class Followed {
  readonly #subject: Subject;
  readonly #settleMs: number;
  readonly #streams = new Set<PassThrough>();
  readonly #gone = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  /** It was written to since the last look began. */
  #stale = false;

  constructor(subject: Subject, settleMs: number) {
    this.#subject = subject;
    this.#settleMs = settleMs;
  }

  join(stream: PassThrough): void {
    this.#streams.add(stream);
    const missed = this.#subject.state();
    if (missed !== undefined) send(stream, this.#message(missed));
    if (this.#streams.size === 1) void this.#look();
  }

  /** True when nobody is left. */
  leave(stream: PassThrough): boolean {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return false;
    clearTimeout(this.#timer);
    this.#gone.abort();
    return true;
  }

  written(spans: readonly Span[]): void {
    if (this.#stale) return;
    const { concerns } = this.#subject;
    if (spans.length <= MOST_CHECKED && !spans.some(concerns)) return;
    this.#stale = true;
    if (!this.#looking) this.#lookIn(this.#settleMs);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#gone.abort();
    for (const stream of this.#streams) stream.end();
  }

  #lookIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), ms);
  }

  async #look(): Promise<void> {
    this.#looking = true;
    this.#stale = false;
    // A look that failed is made again at the next turn; the clients still have what they had.
    const news = await this.#subject.look(this.#gone.signal).catch(() => undefined);
    this.#looking = false;
    if (this.#gone.signal.aborted) return;
    if (news !== undefined) for (const stream of this.#streams) send(stream, this.#message(news));
    this.#lookIn(this.#stale ? this.#settleMs : this.#subject.lookEveryMs);
  }

  #message(data: string): string {
    return `event: ${this.#subject.event}\ndata: ${data}\n\n`;
  }
}

function send(stream: PassThrough, text: string): void {
  if (stream.writableLength + stream.readableLength > MOST_WAITING_BYTES) stream.destroy();
  else if (stream.writable) stream.write(text);
}
