import { type ErrorCode, TracekinError } from '@tracekin/model';
import { lengthDelimited, textField, varintField } from './protobuf-fields.ts';

/** Status codes of gRPC by error; the one mapping, also for the `google.rpc.Status` of OTLP/HTTP and docs/errors.md. */
export const GRPC_STATUS: { readonly [K in ErrorCode]: number } = {
  'invalid-argument': 3,
  'not-found': 5,
  'too-large': 8,
  overloaded: 8,
  unavailable: 14,
  timeout: 4,
  unsupported: 12,
  'invalid-configuration': 9,
};

const INTERNAL = 13;

/** What a failed call ends with. */
export interface GrpcFailure {
  readonly code: number;
  readonly message: string;
  /** `google.rpc.Status` with its details. */
  readonly status: Buffer;
}

/**
 * The status of a failure. A defect is INTERNAL and keeps its text to itself. What is worth another try has a `RetryInfo`,
 * without which OTLP's clients take RESOURCE_EXHAUSTED for final (OTLP specification, "OTLP/gRPC Throttling").
 */
export function grpcFailure(error: unknown): GrpcFailure {
  if (!(error instanceof TracekinError)) return failure(INTERNAL, 'internal error', undefined);
  return failure(GRPC_STATUS[error.code], error.message, error.retryAfterMs);
}

function failure(code: number, message: string, retryAfterMs: number | undefined): GrpcFailure {
  const parts = [varintField(1, code), textField(2, message)];
  if (retryAfterMs !== undefined) parts.push(lengthDelimited(3, retryInfo(retryAfterMs)));
  return { code, message, status: Buffer.concat(parts) };
}

/** `google.protobuf.Any` of a `google.rpc.RetryInfo`, whose field 1 is a `Duration` of seconds and nanoseconds. */
function retryInfo(afterMs: number): Buffer {
  const ms = Math.max(1, Math.ceil(afterMs));
  const duration = Buffer.concat([varintField(1, Math.floor(ms / 1000)), varintField(2, (ms % 1000) * 1_000_000)]);
  return Buffer.concat([
    textField(1, 'type.googleapis.com/google.rpc.RetryInfo'),
    lengthDelimited(2, lengthDelimited(1, duration)),
  ]);
}

/** Bytes of the header; the whole text is in the status details. gRPC clients take 8 KiB of headers by default. */
const MAX_HEADER_TEXT = 2000;

/** A status message as a header: UTF-8, with everything but printable ASCII and `%` itself percent-encoded. */
export function encodeGrpcMessage(message: string): string {
  let encoded = '';
  for (const character of message) {
    if (encoded.length > MAX_HEADER_TEXT) break;
    if (character >= ' ' && character <= '~' && character !== '%') encoded += character;
    else for (const byte of Buffer.from(character)) encoded += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}
