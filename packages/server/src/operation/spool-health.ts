import type { Collector } from '@tracekin/collector';
import type { HealthComponent } from './health.ts';

/**
 * The spool's figures in /health; undefined without a spool. It is always up: a full one refuses spans and says so to their
 * senders, and a probe that restarted the server for it would only keep it from draining. Alert on its metrics instead.
 */
export function spoolHealth(collector: Collector, directory: string): HealthComponent | undefined {
  if (collector.spoolUsage === undefined) return undefined;
  return {
    name: `Spool{directory=${directory}}`,
    async check() {
      const { spans, bytes, failure } = collector.backlog;
      const { spoolUsage } = collector;
      const details = {
        backlogSpans: spans,
        backlogBytes: bytes,
        bytes: spoolUsage?.bytes,
        limitBytes: spoolUsage?.maxBytes,
        ...(failure !== undefined && { lastFailure: failure }),
      };
      return { ok: true, details };
    },
  };
}
