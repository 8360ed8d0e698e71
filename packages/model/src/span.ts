/** Microseconds since 1970-01-01T00:00:00Z. An integer below 2^53. */
export type EpochMicros = number;

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMillis = number;

/** Microseconds between two points in time. An integer above 0. */
export type DurationMicros = number;

/** Which side of a remote call a span describes; absent means work inside one process. */
export type Kind = 'CLIENT' | 'SERVER' | 'PRODUCER' | 'CONSUMER';

/** The network context of a service. At least one field is present: an empty endpoint is stored as absent. */
export interface Endpoint {
  /** Lower case, never empty. */
  readonly serviceName?: string | undefined;
  /** Dotted decimal, e.g. `192.168.99.101`. */
  readonly ipv4?: string | undefined;
  /** Canonical text form (RFC 5952). Never an IPv4-mapped address: those are `ipv4`. */
  readonly ipv6?: string | undefined;
  /** 1 to 65535. */
  readonly port?: number | undefined;
}

/** An event with a time, e.g. `cache.miss`. */
export interface Annotation {
  readonly timestamp: EpochMicros;
  readonly value: string;
}

/**
 * One reported piece of an operation, as Zipkin's v2 model has it. Several reports may share an id: the client and the
 * server half of one call, or an early and a late report of the same span. Nothing below the UI merges them.
 *
 * Values of this type are normalised (see `normalizeSpan`): ids padded lower hex, names lower case, empty values absent,
 * annotations sorted by timestamp then value without duplicates, tags sorted by key.
 */
export interface Span {
  /** 16 or 32 lower-hex characters. Never all zeros. */
  readonly traceId: string;
  /** 16 lower-hex characters. Absent on a root. */
  readonly parentId?: string | undefined;
  /** 16 lower-hex characters. */
  readonly id: string;
  readonly kind?: Kind | undefined;
  /** Lower case, never empty. Absent when the reporter did not know it yet. */
  readonly name?: string | undefined;
  /** Start. Absent when another report of the span knows it, e.g. a shared server half. */
  readonly timestamp?: EpochMicros | undefined;
  /** Absent while unfinished, and for one-way calls. */
  readonly duration?: DurationMicros | undefined;
  /** The service that recorded the span. */
  readonly localEndpoint?: Endpoint | undefined;
  /** The other side: peer of an RPC, or the broker of a message. */
  readonly remoteEndpoint?: Endpoint | undefined;
  /** Absent rather than empty. */
  readonly annotations?: readonly Annotation[] | undefined;
  /** Own enumerable keys only (a key may be `__proto__`). Absent rather than empty. Values may be empty strings. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Keep whatever the sampler says. */
  readonly debug?: true | undefined;
  /** This report uses a span id that another process started. Never set on CLIENT. */
  readonly shared?: true | undefined;
}

/** Calls from one service to another, summed over the traces of a window. */
export interface DependencyLink {
  /** Service name of the caller. */
  readonly parent: string;
  /** Service name of the callee, broker or database. */
  readonly child: string;
  readonly callCount: number;
  /** Calls that carry an `error` tag. Absent rather than 0. */
  readonly errorCount?: number | undefined;
}
