import { type DecodeLimits, decodeOtlp, detectFormat, encodeSpans, type Format } from '@tracekin/codec';
import { type Span, TracekinError } from '@tracekin/model';
import type { Storage } from '@tracekin/storage';
import type { CollectorMetrics } from './collector-metrics.ts';
import { decoderFor } from './decoder-for.ts';
import { DirectWrites } from './direct-writes.ts';
import { type Log, noLog } from './log.ts';
import type { Sampler } from './sampler.ts';
import type { Spool } from './spool/spool.ts';
import type { TransportName } from './transport-name.ts';
import { type Backlog, Writer } from './writer.ts';
import type { WriterTuning } from './writer-tuning.ts';

export interface CollectorOptions {
  readonly storage: Storage;
  readonly sampler: Sampler;
  readonly metrics: CollectorMetrics;
  /** Owned by the collector from now on. Absent: spans go straight to storage, which is right for memory only. */
  readonly spool?: Spool | undefined;
  readonly limits?: Partial<DecodeLimits> | undefined;
  readonly writer?: WriterTuning | undefined;
  /** How long disposal waits for storage before it leaves the rest in the spool, in milliseconds. Default 10,000. */
  readonly drainTimeoutMs?: number | undefined;
  readonly log?: Log | undefined;
}

/** What OTLP calls partial success when `rejectedSpans` is above 0. */
export interface OtlpOutcome {
  readonly rejectedSpans: number;
  /** Why the first of them was left out. */
  readonly errorMessage?: string | undefined;
}

/** Takes what transports receive. Every method counts what it is given under the transport's name. */
export interface Collector extends AsyncDisposable {
  /**
   * Decodes a message (unzipped; `format` undefined: detected by content), samples its spans and keeps them. Resolves when
   * they are durable in the spool, or without one when storage has them; and at once for an empty message or `[]`.
   *
   * Rejects without keeping anything: `invalid-argument` or `too-large` for bytes that cannot be taken as they are,
   * `overloaded` (with `retryAfterMs`) when the spool is full, `unavailable` when it fails or the collector is closing.
   */
  accept(body: Uint8Array, format: Format | undefined, transport: TransportName): Promise<void>;
  /**
   * The same for an OTLP request, of which spans that break a rule are left out and the others kept. Rejects when none is left.
   */
  acceptOtlp(body: Uint8Array, format: 'otlp-proto' | 'otlp-json', transport: TransportName): Promise<OtlpOutcome>;
  /** The same for normalised spans that never were, or no longer are, a message. `messageBytes` is what is counted as its size. */
  acceptSpans(spans: readonly Span[], transport: TransportName, messageBytes?: number): Promise<void>;
  /** What is accepted but not stored yet. */
  readonly backlog: Backlog;
  /** Bytes that the spool's files take, and its limit. Undefined without a spool. */
  readonly spoolUsage: { readonly bytes: number; readonly maxBytes: number } | undefined;
  /** Resolves to whether everything accepted so far reached storage in time; what did not stays in the spool. */
  drain(timeoutMs?: number): Promise<boolean>;
  /** Refuses new messages, ends the accepted ones, drains, closes the spool. Repeatable. Storage stays open. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What keeps spans behind sampling: the spool with its writer, or storage itself. */
interface Sink {
  readonly backlog: Backlog;
  /** The refusal that a message of `bytes` would meet, so that it need not be decoded. */
  refusal(bytes: number): TracekinError | undefined;
  /** Undefined when there is nothing to wait for. */
  admit(): Promise<void> | undefined;
  keep(spans: readonly Span[], payload: () => Uint8Array, format: Format, transport: TransportName): Promise<unknown>;
  drain(timeoutMs: number): Promise<boolean>;
  close(timeoutMs: number): Promise<void>;
}

export function createCollector(options: CollectorOptions): Collector {
  const { storage, sampler, metrics, spool, limits, drainTimeoutMs = 10_000, log = noLog } = options;
  const sink = spool === undefined ? new DirectWrites(storage) : spoolSink(spool, options);
  const decode = decoderFor(storage);
  const underWay = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;

  /** Samples and keeps; `raw` is the message the spans were decoded from, if there is one. */
  async function keep(
    spans: readonly Span[],
    raw: Uint8Array | undefined,
    format: Format,
    transport: TransportName,
  ): Promise<void> {
    metrics.spans(transport, spans.length);
    const kept = sampler.rate === 1 ? spans : spans.filter(span => sampler.isSampled(span));
    if (kept.length < spans.length) metrics.spansDropped(transport, spans.length - kept.length, 'sampled');
    if (kept.length === 0) return;
    const asReceived = raw !== undefined && kept.length === spans.length;
    try {
      await (asReceived
        ? sink.keep(kept, () => raw, format, transport)
        : sink.keep(kept, () => encodeSpans(kept, 'json-v2'), 'json-v2', transport));
    } catch (error) {
      metrics.spansDropped(transport, kept.length, isOverload(error) ? 'overload' : 'storage');
      throw error;
    }
  }

  function refuseIfClosingOrFull(bytes: number, transport: TransportName): void {
    const refusal =
      closing === undefined
        ? sink.refusal(bytes)
        : new TracekinError('unavailable', 'the collector is closing', { retryAfterMs: 1000 });
    if (refusal === undefined) return;
    metrics.messageDropped(transport, 'overload');
    throw refusal;
  }

  /** Lets disposal wait for messages that are being accepted. */
  function track<T>(work: Promise<T>): Promise<T> {
    const settled: Promise<unknown> = work.then(
      () => void underWay.delete(settled),
      () => void underWay.delete(settled),
    );
    underWay.add(settled);
    return work;
  }

  /** Counts a message; resolves to whether it is worth decoding. Rejects during overload. */
  async function admit(body: Uint8Array, transport: TransportName): Promise<boolean> {
    const empty = isEmptyList(body);
    metrics.message(transport, empty ? 0 : body.length);
    if (empty) return false;
    const wait = sink.admit();
    if (wait !== undefined) await wait;
    refuseIfClosingOrFull(body.length, transport);
    return true;
  }

  function decodeOrCount<T>(transport: TransportName, decode: () => T): T {
    try {
      return decode();
    } catch (error) {
      metrics.messageDropped(transport, 'malformed');
      throw error;
    }
  }

  async function accept(body: Uint8Array, format: Format | undefined, transport: TransportName): Promise<void> {
    if (!(await admit(body, transport))) return;
    const { known, spans } = decodeOrCount(transport, () => {
      const known = format ?? detectFormat(body);
      return { known, spans: decode(body, known, limits) };
    });
    await keep(spans, body, known, transport);
  }

  async function acceptOtlp(
    body: Uint8Array,
    format: 'otlp-proto' | 'otlp-json',
    transport: TransportName,
  ): Promise<OtlpOutcome> {
    if (!(await admit(body, transport))) return { rejectedSpans: 0 };
    const { spans, rejected, errorMessage } = decodeOrCount(transport, () => {
      const result = decodeOtlp(body, format, limits);
      if (result.spans.length > 0 || result.rejected === 0) return result;
      throw new TracekinError('invalid-argument', result.errorMessage ?? 'no span of the request can be taken');
    });
    // What is kept of a partial message is encoded anew: replaying the message as it came would refuse it whole.
    await keep(spans, rejected === 0 ? body : undefined, format, transport);
    if (rejected > 0) {
      metrics.spansRead(transport, rejected);
      metrics.spansDropped(transport, rejected, 'malformed');
    }
    return { rejectedSpans: rejected, errorMessage };
  }

  async function acceptSpans(spans: readonly Span[], transport: TransportName, messageBytes = 0): Promise<void> {
    metrics.message(transport, messageBytes);
    if (spans.length === 0) return;
    const wait = sink.admit();
    if (wait !== undefined) await wait;
    refuseIfClosingOrFull(messageBytes, transport);
    await keep(spans, undefined, 'json-v2', transport);
  }

  async function close(): Promise<void> {
    await Promise.all(underWay);
    if (!(await sink.drain(drainTimeoutMs)))
      log('warn', 'closing with spans that are not stored yet', { ...sink.backlog });
    await sink.close(drainTimeoutMs);
  }

  return {
    accept: (body, format, transport) => track(accept(body, format, transport)),
    acceptOtlp: (body, format, transport) => track(acceptOtlp(body, format, transport)),
    acceptSpans: (spans, transport, messageBytes) => track(acceptSpans(spans, transport, messageBytes)),
    get backlog() {
      return sink.backlog;
    },
    get spoolUsage() {
      return spool && { bytes: spool.bytes, maxBytes: spool.maxBytes };
    },
    drain: (timeoutMs = drainTimeoutMs) => sink.drain(timeoutMs),
    [Symbol.asyncDispose]() {
      closing ??= close();
      return closing;
    },
  };
}

function spoolSink(spool: Spool, { storage, metrics, writer: tuning, log = noLog }: CollectorOptions): Sink {
  const writer = new Writer({ ...tuning, spool, storage, metrics, log });
  return {
    get backlog() {
      return writer.backlog;
    },
    refusal: bytes => spool.refusal(bytes),
    admit: () => writer.admit(),
    keep(spans, payload, format, transport) {
      const info = { format, transport, spanCount: spans.length, acceptedAt: Date.now() };
      const bytes = payload();
      return spool.append({ ...info, payload: bytes }, range => writer.committed(range, spans, info, bytes.length));
    },
    drain: timeoutMs => writer.drain(timeoutMs),
    async close(timeoutMs) {
      await writer.close(timeoutMs);
      await spool.close();
    },
  };
}

const isOverload = (error: unknown): boolean =>
  error instanceof TracekinError && (error.code === 'overloaded' || error.code === 'unavailable');

/** No bytes, or exactly `[]`: taken in every format and counted as a message of 0 bytes (zipkin.md 1.5). */
function isEmptyList(body: Uint8Array): boolean {
  return body.length === 0 || (body.length === 2 && body[0] === 0x5b && body[1] === 0x5d);
}
