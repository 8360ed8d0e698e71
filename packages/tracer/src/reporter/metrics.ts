/** Why a reporter did not deliver a span. */
export type DropReason =
  /** The queue was full: the collector is down or slower than spans are made. */
  | 'queue-full'
  /** One span is larger than a message may be. */
  | 'too-large'
  /** It could not be encoded. */
  | 'not-encodable'
  /** The collector refused the message, or did not take it in all attempts. */
  | 'not-delivered'
  /** Reported after, or not delivered before, the end of `close`. */
  | 'closed';

/** Counts since the reporter was made. `spans` is the sum of delivered, dropped and queued spans and those being sent. */
export interface ReporterMetrics {
  /** Reported. */
  readonly spans: number;
  readonly spansDelivered: number;
  readonly spansDropped: Readonly<Record<DropReason, number>>;
  /** Waiting to be sent. */
  readonly queuedSpans: number;
  /** Sent with success. */
  readonly messages: number;
  readonly messagesDropped: number;
  /** Attempts after a first one. */
  readonly retries: number;
  /** Before compression, delivered. */
  readonly messageBytes: number;
}
