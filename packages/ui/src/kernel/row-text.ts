import { KINDS } from './records.ts';
import { formatSpanId } from './span-id.ts';
import { type PackedStrings, packedCount, unpackString } from './string-table.ts';
import type { Trace } from './trace.ts';

/** The texts of a trace's rows, cut out of the packed strings once. */
export class RowText {
  readonly trace: Trace;
  /** Names of all services by number. */
  readonly services: readonly string[];
  readonly #names: PackedStrings;
  readonly #cut: string[] = [];

  constructor(trace: Trace) {
    this.trace = trace;
    this.services = Array.from({ length: packedCount(trace.services) }, (_, i) => unpackString(trace.services, i));
    this.#names = trace.names;
  }

  service(row: number): string {
    return this.services[this.trace.service[row] as number] ?? '';
  }

  /** Of a call seen from both sides, the caller. */
  client(row: number): string {
    return this.services[this.trace.clientService[row] as number] ?? '';
  }

  remote(row: number): string {
    return this.services[this.trace.remoteService[row] as number] ?? '';
  }

  name(row: number): string {
    const number = this.trace.name[row] as number;
    if (number < 0) return '';
    this.#cut[number] ??= unpackString(this.#names, number);
    return this.#cut[number];
  }

  kind(row: number): string {
    return KINDS[this.trace.kind[row] as number] ?? '';
  }

  id(row: number): string {
    return formatSpanId(this.trace.idHi[row] as number, this.trace.idLo[row] as number);
  }
}

/** The row of a span id; of several with the same id the first. -1 when it is not in the trace. */
export function rowOfSpan(trace: Trace, hi: number, lo: number): number {
  for (let i = trace.idLo.indexOf(lo); i >= 0; i = trace.idLo.indexOf(lo, i + 1)) if (trace.idHi[i] === hi) return i;
  return -1;
}
