import type { TransportName } from './transport-name.ts';

/** Why spans, or a message whose spans were never read, did not reach storage. */
export const dropReasons = [
  /** The sampling rate left their trace out. */
  'sampled',
  /** The message could not be unzipped or decoded, or broke a limit. */
  'malformed',
  /** The spool was at its limit or could not be written; the sender was told to try again. */
  'overload',
  /** Storage refuses them for ever; they are set aside in the spool's `rejected` folder. */
  'storage',
  /** Their spool record was damaged on disk; its bytes are set aside in the spool's `corrupt` folder. */
  'corrupt',
] as const;

export type DropReason = (typeof dropReasons)[number];

/** What one transport has seen since the process started. The first seven are Zipkin's names (zipkin.md 2.1). */
export interface TransportCounters {
  /** Messages received, accepted or not. */
  readonly messages: number;
  /** Messages of which no span was taken because they are malformed or came during overload. */
  readonly messagesDropped: number;
  /** Bytes of messages after gunzip. */
  readonly bytes: number;
  /** Spans read from messages, whatever became of them. */
  readonly spans: number;
  /** Spans read and then left out, for any reason. */
  readonly spansDropped: number;
  /** Spans in the last message. */
  readonly messageSpans: number;
  /** Bytes of the last message. */
  readonly messageBytes: number;
  /** `messagesDropped` by reason; `malformed` or `overload`. */
  readonly messagesDroppedBy: Readonly<Record<DropReason, number>>;
  /** `spansDropped` by reason. */
  readonly spansDroppedBy: Readonly<Record<DropReason, number>>;
}

type Mutable<T> = {
  -readonly [K in keyof T]: T[K] extends Readonly<Record<DropReason, number>> ? Record<DropReason, number> : T[K];
};

const zeroByReason = (): Record<DropReason, number> => ({
  sampled: 0,
  malformed: 0,
  overload: 0,
  storage: 0,
  corrupt: 0,
});

/** Counters of all transports, in memory. A transport appears with its first message or by `register`. */
export class CollectorMetrics {
  readonly #transports = new Map<TransportName, Mutable<TransportCounters>>();

  /** Makes a transport appear with zeros before its first message, as Zipkin shows those that are switched on. */
  register(transport: TransportName): void {
    this.#of(transport);
  }

  message(transport: TransportName, bytes: number): void {
    const counters = this.#of(transport);
    counters.messages++;
    counters.bytes += bytes;
    counters.messageBytes = bytes;
  }

  messageDropped(transport: TransportName, reason: DropReason): void {
    const counters = this.#of(transport);
    counters.messagesDropped++;
    counters.messagesDroppedBy[reason]++;
  }

  spans(transport: TransportName, count: number): void {
    const counters = this.#of(transport);
    counters.spans += count;
    counters.messageSpans = count;
  }

  /** More spans of the message that `spans` was called for. */
  spansRead(transport: TransportName, count: number): void {
    const counters = this.#of(transport);
    counters.spans += count;
    counters.messageSpans += count;
  }

  spansDropped(transport: TransportName, count: number, reason: DropReason): void {
    const counters = this.#of(transport);
    counters.spansDropped += count;
    counters.spansDroppedBy[reason] += count;
  }

  /** A copy; transports in the order in which they appeared. */
  snapshot(): ReadonlyMap<TransportName, TransportCounters> {
    const copy = new Map<TransportName, TransportCounters>();
    for (const [transport, counters] of this.#transports) {
      copy.set(transport, {
        ...counters,
        messagesDroppedBy: { ...counters.messagesDroppedBy },
        spansDroppedBy: { ...counters.spansDroppedBy },
      });
    }
    return copy;
  }

  #of(transport: TransportName): Mutable<TransportCounters> {
    let counters = this.#transports.get(transport);
    if (counters === undefined) {
      counters = {
        messages: 0,
        messagesDropped: 0,
        bytes: 0,
        spans: 0,
        spansDropped: 0,
        messageSpans: 0,
        messageBytes: 0,
        messagesDroppedBy: zeroByReason(),
        spansDroppedBy: zeroByReason(),
      };
      this.#transports.set(transport, counters);
    }
    return counters;
  }
}
