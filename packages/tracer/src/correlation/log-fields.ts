import { currentContext } from '../scope.ts';
import { SUPPRESSED } from '../trace-context.ts';

/** What ties a log line to a trace. */
export interface LogFields {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId?: string;
  /** Whether the trace can be found in the UI. */
  readonly sampled: boolean;
}

/** The fields for the running code; undefined outside of a trace. For loggers that have no helper of their own here. */
export function logFields(): LogFields | undefined {
  const context = currentContext();
  if (context === undefined || context === SUPPRESSED) return undefined;
  const { traceId, spanId, parentId, sampled } = context;
  return parentId === undefined ? { traceId, spanId, sampled } : { traceId, spanId, parentId, sampled };
}
