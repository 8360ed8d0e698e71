import type { OpenedTrace } from '../../kernel/session.ts';
import { NO_DURATION } from '../../kernel/trace.ts';

/** Fewer calls than this have no distribution to speak of. */
const LEAST = 5;

export interface OperationRank {
  /** Finished calls of the same service and span name in this trace, this one included. */
  readonly calls: number;
  /** Part of the others that were faster, 0 to 1. */
  readonly faster: number;
}

/** Where a span stands among the calls of its operation in the same trace; undefined when there are too few of them. */
export function operationRank({ trace }: OpenedTrace, row: number): OperationRank | undefined {
  const { service, name, duration, flags } = trace;
  if (((flags[row] as number) & NO_DURATION) !== 0) return undefined;
  let calls = 0;
  let faster = 0;
  for (let i = 0; i < trace.count; i++) {
    if (service[i] !== service[row] || name[i] !== name[row] || ((flags[i] as number) & NO_DURATION) !== 0) continue;
    calls++;
    if ((duration[i] as number) < (duration[row] as number)) faster++;
  }
  return calls < LEAST ? undefined : { calls, faster: faster / (calls - 1) };
}
