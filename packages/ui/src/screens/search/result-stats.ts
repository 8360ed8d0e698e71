import type { TraceSummary } from '@tracekin/model';

export interface ResultStats {
  readonly count: number;
  /** Microseconds; 0 when no trace has a duration. */
  readonly p50: number;
  readonly p95: number;
  readonly longest: number;
  /** Traces with an error. */
  readonly failed: number;
  /** Most traces first. */
  readonly services: readonly { readonly name: string; readonly traces: number; readonly failed: number }[];
}

/** Figures over the loaded traces. Percentiles by nearest rank. */
export function resultStats(traces: readonly TraceSummary[]): ResultStats {
  const durations = Float64Array.from(traces, ({ duration = 0 }) => duration).sort();
  const rank = (part: number): number => durations[Math.max(0, Math.ceil(durations.length * part) - 1)] ?? 0;
  const services = new Map<string, { name: string; traces: number; failed: number }>();
  let failed = 0;
  for (const trace of traces) {
    if (trace.errorCount > 0) failed++;
    for (const { serviceName, errorCount } of trace.services) {
      let service = services.get(serviceName);
      if (service === undefined) {
        service = { name: serviceName, traces: 0, failed: 0 };
        services.set(serviceName, service);
      }
      service.traces++;
      if (errorCount > 0) service.failed++;
    }
  }
  return {
    count: traces.length,
    p50: rank(0.5),
    p95: rank(0.95),
    longest: durations.at(-1) ?? 0,
    failed,
    services: [...services.values()].sort((a, b) => b.traces - a.traces || (a.name < b.name ? -1 : 1)),
  };
}
