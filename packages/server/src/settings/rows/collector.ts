import { join } from 'node:path';
import type { SettingRows } from '../setting-row.ts';
import { bytes, flag, oneOf, rate, text, wholeNumber } from '../value-kinds.ts';

export const COLLECTOR_ROWS: Pick<
  SettingRows,
  | 'collectorHttpEnabled'
  | 'collectorGrpcEnabled'
  | 'otlpGrpcPort'
  | 'otlpHttpPort'
  | 'collectorSampleRate'
  | 'maxMessageBytes'
  | 'spoolDir'
  | 'spoolLimitBytes'
  | 'spoolSync'
> = {
  collectorHttpEnabled: {
    key: 'collector-http-enabled',
    env: ['COLLECTOR_HTTP_ENABLED', 'HTTP_COLLECTOR_ENABLED'],
    kind: flag,
    default: true,
    text: 'Whether spans are accepted by HTTP POST: /api/v2/spans, /api/v1/spans and OTLP on /v1/traces.',
  },
  collectorGrpcEnabled: {
    key: 'collector-grpc-enabled',
    env: ['COLLECTOR_GRPC_ENABLED'],
    kind: flag,
    default: true,
    text: 'Whether spans are accepted by gRPC and gRPC-Web on the main port: zipkin.proto3.SpanService/Report and the TraceService/Export of OTLP.',
  },
  otlpGrpcPort: {
    key: 'otlp-grpc-port',
    env: ['TRACEKIN_OTLP_GRPC_PORT'],
    kind: wholeNumber(0, 65535),
    default: undefined,
    text: 'A further port that takes gRPC only; 4317 is what OTLP exporters use by default. Unset: none, the main port takes the same. 0 takes a free one.',
  },
  otlpHttpPort: {
    key: 'otlp-http-port',
    env: ['TRACEKIN_OTLP_HTTP_PORT'],
    kind: wholeNumber(0, 65535),
    default: undefined,
    text: 'A further port that takes POST /v1/traces only; 4318 is what OTLP exporters use by default. Unset: none, the main port takes the same. 0 takes a free one.',
  },
  collectorSampleRate: {
    key: 'collector-sample-rate',
    env: ['COLLECTOR_SAMPLE_RATE'],
    kind: rate,
    default: 1,
    text: 'Part of the traces that is kept, decided by trace id. Debug spans are always kept.',
  },
  maxMessageBytes: {
    key: 'max-message-bytes',
    env: ['TRACEKIN_MAX_MESSAGE_BYTES'],
    kind: bytes,
    default: 10 * 1024 ** 2,
    text: 'Largest body of a POST as received; a larger one is answered with 413.',
  },
  spoolDir: {
    key: 'spool-dir',
    env: ['TRACEKIN_SPOOL_DIR'],
    kind: text,
    default: { derivedFrom: 'spool under data', derive: settings => join(settings.data, 'spool') },
    text: 'Directory of the files that hold accepted spans until storage has them.',
  },
  spoolLimitBytes: {
    key: 'spool-limit',
    env: ['TRACEKIN_SPOOL_LIMIT'],
    kind: bytes,
    default: 2 * 1024 ** 3,
    text: 'Size of the spool at which further spans are refused with 503.',
  },
  spoolSync: {
    key: 'spool-sync',
    env: ['TRACEKIN_SPOOL_SYNC'],
    kind: oneOf('always', 'interval', 'never'),
    default: 'interval',
    text: 'When accepted spans are forced to disk. The end of the process, however sudden, loses nothing in any mode; always also survives a crash of the machine, interval may lose the last fifth of a second in one.',
  },
};
