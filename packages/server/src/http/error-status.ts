import { GRPC_STATUS } from '@tracekin/collector';
import type { ErrorCode } from '@tracekin/model';

/** What one error means to a caller. `read` is for the Zipkin query API, which knows 400, 404 and 500 only (zipkin.md 1.0). */
export interface ErrorStatus {
  readonly ingest: number;
  readonly read: number;
  /** gRPC status code. */
  readonly grpc: number;
  /** A paragraph for docs/errors.md: when it comes and what to do. */
  readonly meaning: string;
}

/** The one mapping from error codes to statuses. */
export const ERROR_STATUS: { readonly [K in ErrorCode]: ErrorStatus } = {
  'invalid-argument': {
    ingest: 400,
    read: 400,
    grpc: GRPC_STATUS['invalid-argument'],
    meaning:
      'The request breaks a rule. The message names the field and the rule. Repeating it unchanged cannot succeed.',
  },
  'not-found': {
    ingest: 404,
    read: 404,
    grpc: GRPC_STATUS['not-found'],
    meaning: 'Nothing is stored under that id, or it has been dropped by retention.',
  },
  'too-large': {
    ingest: 413,
    read: 413,
    grpc: GRPC_STATUS['too-large'],
    meaning:
      'The body is larger than `max-message-bytes`, before or after decompression, or a batch exceeds a limit of the storage. Send smaller messages.',
  },
  overloaded: {
    ingest: 503,
    read: 503,
    grpc: GRPC_STATUS.overloaded,
    meaning:
      'The spool is full because storage does not keep pace. Nothing of the message was kept; send it again after the time in `Retry-After`.',
  },
  unavailable: {
    ingest: 503,
    read: 500,
    grpc: GRPC_STATUS.unavailable,
    meaning:
      'Storage or another dependency does not answer. `/health` says which. Repeating the request later is safe.',
  },
  timeout: {
    ingest: 503,
    read: 500,
    grpc: GRPC_STATUS.timeout,
    meaning:
      'The work did not end within its limit, for queries `query-timeout`. Narrow the time range, or raise the limit.',
  },
  unsupported: {
    ingest: 501,
    read: 501,
    grpc: GRPC_STATUS.unsupported,
    meaning: 'This build, platform or storage cannot do it. The message says what can.',
  },
  'invalid-configuration': {
    ingest: 500,
    read: 500,
    grpc: GRPC_STATUS['invalid-configuration'],
    meaning:
      'The server cannot start with this configuration. The message names the setting and its rule; the command exits with 2.',
  },
};
