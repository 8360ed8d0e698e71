import type { ServiceCall } from '../../kernel/service-calls.ts';

export interface ServiceLayout {
  readonly places: ReadonlyMap<number, { readonly column: number; readonly line: number }>;
  readonly columns: number;
  readonly lines: number;
}

/** Services left to right by how many calls they are away from a root; within a column in the order they are met. */
export function layoutServices(calls: readonly ServiceCall[]): ServiceLayout {
  const column = new Map<number, number>();
  const queue: number[] = [];
  const meet = (service: number, at: number): void => {
    if (service < 0 || column.has(service)) return;
    column.set(service, at);
    queue.push(service);
  };
  for (const { from, to } of calls) if (from < 0) meet(to, 0);
  // Without a root the busiest caller begins.
  for (const { from } of calls) {
    for (let head = queue.shift(); head !== undefined; head = queue.shift()) {
      for (const call of calls) if (call.from === head) meet(call.to, (column.get(head) as number) + 1);
    }
    meet(from, 0);
  }
  for (let head = queue.shift(); head !== undefined; head = queue.shift()) {
    for (const call of calls) if (call.from === head) meet(call.to, (column.get(head) as number) + 1);
  }
  const filled: number[] = [];
  const places = new Map<number, { column: number; line: number }>();
  for (const [service, at] of column) {
    const line = filled[at] ?? 0;
    filled[at] = line + 1;
    places.set(service, { column: at, line });
  }
  return { places, columns: filled.length, lines: Math.max(0, ...filled.map(lines => lines ?? 0)) };
}
