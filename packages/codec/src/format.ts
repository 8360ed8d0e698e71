/**
 * An encoding of a list of spans. `json-v2`, `json-v1`, `thrift` (TBinary) and `proto3` are Zipkin's; the OTLP pair is an
 * `ExportTraceServiceRequest`.
 */
export type Format = 'json-v2' | 'json-v1' | 'thrift' | 'proto3' | 'otlp-proto' | 'otlp-json';

/** What a decoder refuses, so that a hostile body costs bounded time and memory. */
export interface DecodeLimits {
  /** Spans in one message. */
  readonly maxSpans: number;
  /** Nesting of JSON, thrift or protobuf structures. */
  readonly maxDepth: number;
}
