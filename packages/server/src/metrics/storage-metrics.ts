import type { Storage, StorageStats } from '@tracekin/storage';
import { Counter, Gauge, type Registry } from 'prom-client';

interface StorageMetric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly field: keyof StorageStats;
  readonly help: string;
}

const ROWS: readonly StorageMetric[] = [
  {
    name: 'tracekin_storage_days_dropped_total',
    type: 'counter',
    field: 'daysDropped',
    help: 'whole days that retention removed, by age or by bytes; the log says which',
  },
  {
    name: 'tracekin_storage_spans_dropped_total',
    type: 'counter',
    field: 'spansDropped',
    help: 'spans of the days that retention removed',
  },
  {
    name: 'tracekin_storage_bytes_dropped_total',
    type: 'counter',
    field: 'bytesDropped',
    help: 'bytes on disk of the days that retention removed',
  },
  {
    name: 'tracekin_storage_engine_restarts_total',
    type: 'counter',
    field: 'engineRestarts',
    help: 'times that the embedded engine was started again',
  },
  {
    name: 'tracekin_storage_traces_waiting_for_links',
    type: 'gauge',
    field: 'tracesWaitingForLinks',
    help: 'traces whose dependency links are not kept yet; a query works them out itself',
  },
];

/** What the storage did since the start; 0 for what a backend does not have. */
export function exposeStorage(storage: Storage, registry: Registry): void {
  for (const { name, type, field, help } of ROWS) {
    const read = (): number => storage.stats?.()[field] ?? 0;
    const metric = { name, help, registers: [registry] };
    if (type === 'counter') {
      new Counter({
        ...metric,
        collect() {
          this.reset();
          this.inc(read());
        },
      });
    } else {
      new Gauge({
        ...metric,
        collect() {
          this.set(read());
        },
      });
    }
  }
}
