import { ERROR, type Trace } from './trace.ts';

/** All calls from one service to another within a trace. */
export interface ServiceCall {
  /** Number of the service, -1 for a root. */
  readonly from: number;
  readonly to: number;
  readonly calls: number;
  readonly errors: number;
  /** Summed durations, µs. */
  readonly time: number;
}

/**
 * Where work passes from one service to the next: a row whose parent row belongs to another service, a call seen from both
 * sides, or a client that names a service which reported nothing itself. The most frequent first.
 */
export function serviceCalls(trace: Trace): ServiceCall[] {
  const { count, parent, service, clientService, remoteService, size, duration, flags } = trace;
  const sums = new Map<string, { from: number; to: number; calls: number; errors: number; time: number }>();
  const add = (from: number, to: number, row: number): void => {
    const key = `${from} ${to}`;
    let sum = sums.get(key);
    if (sum === undefined) {
      sum = { from, to, calls: 0, errors: 0, time: 0 };
      sums.set(key, sum);
    }
    sum.calls++;
    sum.time += duration[row] as number;
    if (((flags[row] as number) & ERROR) !== 0) sum.errors++;
  };
  for (let row = 0; row < count; row++) {
    const own = service[row] as number;
    const caller = clientService[row] as number;
    const above = parent[row] as number;
    if (caller >= 0 && caller !== own) add(caller, own, row);
    else if (own >= 0 && above < 0) add(-1, own, row);
    else if (own >= 0 && service[above] !== own) add(service[above] as number, own, row);
    const remote = remoteService[row] as number;
    // A leaf that names its callee: a database or an uninstrumented service, if nobody else reported the other side.
    if (size[row] === 1 && caller < 0 && remote >= 0 && remote !== own && trace.kind[row] === 1) add(own, remote, row);
  }
  return [...sums.values()].sort((a, b) => b.calls - a.calls || a.from - b.from || a.to - b.to);
}
