import { performance } from 'node:perf_hooks';
import { Counter, Gauge, type Registry } from 'prom-client';

/** The process, under the names that Prometheus clients agree on. Read when asked; nothing runs in between. */
export function measureProcess(registry: Registry): void {
  const registers = [registry];
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'CPU time used by the server process',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  gauge('process_resident_memory_bytes', 'Resident memory of the server process', () => process.memoryUsage.rss());
  gauge(
    'process_start_time_seconds',
    'When the server process started, in seconds since the epoch',
    () => performance.timeOrigin / 1000,
  );
  gauge('nodejs_heap_size_used_bytes', 'JavaScript heap in use', () => process.memoryUsage().heapUsed);
  gauge(
    'nodejs_eventloop_utilization',
    'Part of the time that the event loop was busy since the start',
    () => performance.eventLoopUtilization().utilization,
  );

  function gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  }
}
