import type { Annotation, DurationMicros, Endpoint, EpochMicros, Kind } from '@tracekin/model';

/** A span while it is recorded: Zipkin's v2 fields, writable. Span handlers may change any of them. */
export class SpanData {
  /** 16 or 32 lower-hex characters. */
  traceId: string;
  /** 16 lower-hex characters; absent on a root. */
  parentId: string | undefined;
  /** 16 lower-hex characters. */
  id: string;
  /** Absent for work inside the process. */
  kind: Kind | undefined;
  /** Lower case. */
  name: string | undefined;
  /** Start, microseconds since the epoch. */
  timestamp: EpochMicros | undefined;
  /** Microseconds, at least 1; absent until finished. */
  duration: DurationMicros | undefined;
  /** This service. */
  localEndpoint: Endpoint | undefined;
  /** The other side of a remote call. */
  remoteEndpoint: Endpoint | undefined;
  /** Events, in the order in which they were added. */
  annotations: Annotation[] | undefined;
  /** Absent until the first tag. */
  tags: Record<string, string> | undefined;
  debug: true | undefined;
  shared: true | undefined;

  constructor(traceId: string, parentId: string | undefined, id: string) {
    this.traceId = traceId;
    this.parentId = parentId;
    this.id = id;
    this.kind = undefined;
    this.name = undefined;
    this.timestamp = undefined;
    this.duration = undefined;
    this.localEndpoint = undefined;
    this.remoteEndpoint = undefined;
    this.annotations = undefined;
    this.tags = undefined;
    this.debug = undefined;
    this.shared = undefined;
  }
}

/** Adds or replaces a tag; `__proto__` is a key like any other. */
export function setTag(data: SpanData, key: string, value: string): void {
  data.tags ??= {};
  const tags = data.tags;
  if (key === '__proto__') {
    Object.defineProperty(tags, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    tags[key] = value;
  }
}
