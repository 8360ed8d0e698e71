import type { SettingRows } from '../setting-row.ts';
import { duration, flag, rate, wholeNumber } from '../value-kinds.ts';

export const SELF_TRACING_ROWS: Pick<
  SettingRows,
  'selfTracingEnabled' | 'selfTracingSampleRate' | 'selfTracingTracesPerSecond' | 'selfTracingFlushIntervalMs'
> = {
  selfTracingEnabled: {
    key: 'self-tracing-enabled',
    env: ['SELF_TRACING_ENABLED'],
    kind: flag,
    default: false,
    text: 'Whether the server records traces of its own API requests, as the service zipkin-server.',
  },
  selfTracingSampleRate: {
    key: 'self-tracing-sample-rate',
    env: ['SELF_TRACING_SAMPLE_RATE'],
    kind: rate,
    default: 1,
    text: 'Part of its own traces that is kept. Anything but 1 lifts the limit per second.',
  },
  selfTracingTracesPerSecond: {
    key: 'self-tracing-traces-per-second',
    env: ['SELF_TRACING_TRACES_PER_SECOND'],
    kind: wholeNumber(0),
    default: 1,
    text: 'Most of its own traces a second.',
  },
  selfTracingFlushIntervalMs: {
    key: 'self-tracing-flush-interval',
    env: ['SELF_TRACING_FLUSH_INTERVAL'],
    kind: duration('s'),
    default: 1000,
    text: 'How often its own spans are stored.',
  },
};
