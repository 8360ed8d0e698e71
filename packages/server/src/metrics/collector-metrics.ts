import type { Collector, CollectorMetrics, TransportCounters } from '@tracekin/collector';
import { Counter, Gauge, type Registry } from 'prom-client';

type Count = 'messages' | 'messagesDropped' | 'bytes' | 'spans' | 'spansDropped' | 'messageSpans' | 'messageBytes';

interface CollectorMetric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly field: Count;
  readonly help: string;
}

/** Zipkin's metrics of its collectors, one series for each transport (zipkin.md 2.1). */
const ROWS: readonly CollectorMetric[] = [
  { name: 'messages', type: 'counter', field: 'messages', help: 'cumulative amount of messages received' },
  {
    name: 'messages_dropped',
    type: 'counter',
    field: 'messagesDropped',
    help: 'cumulative amount of messages received that were later dropped',
  },
  { name: 'bytes', type: 'counter', field: 'bytes', help: 'cumulative amount of bytes received' },
  { name: 'spans', type: 'counter', field: 'spans', help: 'cumulative amount of spans received' },
  {
    name: 'spans_dropped',
    type: 'counter',
    field: 'spansDropped',
    help: 'cumulative amount of spans received that were later dropped',
  },
  { name: 'message_spans', type: 'gauge', field: 'messageSpans', help: 'count of spans per message' },
  {
    name: 'message_bytes',
    type: 'gauge',
    field: 'messageBytes',
    help: 'size of a message containing serialized spans',
  },
];

/** Adds Zipkin's series, and ours that say why something was dropped. */
export function exposeCollector(metrics: CollectorMetrics, registry: Registry): void {
  for (const { name, type, field, help } of ROWS) {
    const full = {
      name: `zipkin_collector_${name}${type === 'counter' ? '_total' : ''}`,
      help,
      labelNames: ['transport'] as const,
      registers: [registry],
    };
    if (type === 'counter') {
      new Counter({
        ...full,
        collect() {
          this.reset();
          for (const [transport, counters] of metrics.snapshot()) this.inc({ transport }, counters[field]);
        },
      });
    } else {
      new Gauge({
        ...full,
        collect() {
          for (const [transport, counters] of metrics.snapshot()) this.set({ transport }, counters[field]);
        },
      });
    }
  }
  exposeReasons('messages', 'messagesDroppedBy');
  exposeReasons('spans', 'spansDroppedBy');

  function exposeReasons(what: 'messages' | 'spans', field: 'messagesDroppedBy' | 'spansDroppedBy'): void {
    new Counter({
      name: `tracekin_collector_${what}_dropped_reason_total`,
      help: `${what} dropped, by reason: sampled, malformed, overload, storage, corrupt`,
      labelNames: ['transport', 'reason'] as const,
      registers: [registry],
      collect() {
        this.reset();
        for (const [transport, counters] of metrics.snapshot()) {
          for (const [reason, count] of Object.entries(counters[field])) this.inc({ transport, reason }, count);
        }
      },
    });
  }
}

/** What is accepted and not stored yet, and how full the spool is. */
export function exposeBacklog(collector: Collector, registry: Registry): void {
  const rows: readonly (readonly [name: string, help: string, read: () => number])[] = [
    [
      'tracekin_backlog_spans',
      'spans that this process accepted and storage does not have yet',
      () => collector.backlog.spans,
    ],
    [
      'tracekin_backlog_bytes',
      'bytes of accepted messages that storage does not have yet',
      () => collector.backlog.bytes,
    ],
    [
      'tracekin_backlog_age_seconds',
      'how long the oldest span about to be written has waited',
      () => collector.backlog.ageMs / 1000,
    ],
    [
      'tracekin_spool_bytes',
      'bytes that the spool takes on disk; 0 without a spool',
      () => collector.spoolUsage?.bytes ?? 0,
    ],
    [
      'tracekin_spool_limit_bytes',
      'bytes at which the spool refuses messages; 0 without a spool',
      () => collector.spoolUsage?.maxBytes ?? 0,
    ],
  ];
  for (const [name, help, read] of rows) {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  }
}

/** The flat object of `/metrics`, with numbers as Jackson prints doubles. */
export function flatMetrics(snapshot: ReadonlyMap<string, TransportCounters>): string {
  const lines: string[] = [];
  for (const [transport, counters] of snapshot) {
    for (const { name, type, field } of ROWS) {
      lines.push(`  "${type}.zipkin_collector.${name}.${transport}" : ${counters[field]}.0`);
    }
  }
  return lines.length === 0 ? '{ }' : `{\n${lines.join(',\n')}\n}`;
}
