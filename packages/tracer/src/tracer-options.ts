import type { EpochMicros, Kind } from '@tracekin/model';
import type { EndpointInput } from './endpoint.ts';
import type { SpanHandler } from './handler.ts';
import type { HttpOptions } from './http-parser.ts';
import type { TraceIdOptions } from './id-pool.ts';
import type { PropagationOptions } from './propagation/propagation.ts';
import type { Reporter } from './reporter/reporter.ts';
import type { Sampler } from './sampler/sampler.ts';
import type { TagValue } from './span.ts';
import type { TraceContext } from './trace-context.ts';
import type { Warn } from './warn.ts';

/** How to build a `Tracer`. Everything but the service name has a default. */
export interface TracerOptions {
  /** This service, as the UI and the service graph show it (lower case). */
  readonly serviceName: string;
  /** Address and port of this service; where absent the endpoint is the name alone. */
  readonly ip?: string | undefined;
  readonly port?: number | undefined;
  /** Where finished spans go. Default: nowhere. */
  readonly reporter?: Reporter | undefined;
  /** For traces that start here: a share of traces, 0 to 1, or a sampler. Default 1. */
  readonly sampler?: number | Sampler | undefined;
  readonly propagation?: PropagationOptions | undefined;
  /** Default: 128 random bits. */
  readonly traceId?: TraceIdOptions | undefined;
  /**
   * True (default): the server continues the span id that a B3 client sent, and both report halves of one span.
   * False: the server starts a child of the client's span, as OpenTelemetry does.
   */
  readonly supportsJoin?: boolean | undefined;
  /** Called in order for every recorded span. */
  readonly handlers?: readonly SpanHandler[] | undefined;
  /** Record spans of unsampled traces too, for handlers such as metrics; they are not reported. Default false. */
  readonly alwaysRecord?: boolean | undefined;
  /** Tags for every span, e.g. a version. */
  readonly defaultTags?: Readonly<Record<string, string>> | undefined;
  /** Sampling and naming of HTTP spans, the same for every framework and client. */
  readonly http?: HttpOptions | undefined;
  /** Service names of peers that know none, by `host:port` or `host`: `{ 'localhost:6000': 'service1' }`. */
  readonly peers?: Readonly<Record<string, string>> | undefined;
  /** Default: one line on standard error. */
  readonly warn?: Warn | undefined;
}

/** How to start a span. */
export interface SpanOptions {
  /** Absent: work inside this process. */
  readonly kind?: Kind | undefined;
  /** Default: the current context. Null starts a new trace. */
  readonly parent?: TraceContext | null | undefined;
  /** Tags to start with. */
  readonly tags?: Readonly<Record<string, TagValue>> | undefined;
  /** The other side of a remote call. */
  readonly remote?: EndpointInput | undefined;
  /** Start, microseconds since the epoch. Default: now. */
  readonly timestamp?: EpochMicros | undefined;
  /** For a span that starts a trace: the sampling decision or who makes it. Default: the tracer's sampler. */
  readonly sampler?: boolean | Sampler | undefined;
}
