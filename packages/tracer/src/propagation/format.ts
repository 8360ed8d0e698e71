import type { Baggage, TraceContext } from '../trace-context.ts';

/** What a carrier said about the trace it belongs to. */
export interface Extracted {
  /** Absent where only a sampling decision came (`b3: 0`). */
  readonly traceId?: string;
  readonly spanId?: string;
  readonly parentId?: string | undefined;
  /** Absent: the receiver is to decide. */
  readonly sampled?: boolean | undefined;
  readonly debug?: boolean;
  /** The span id may be used by both sides (B3), so the receiver joins it instead of starting a child. */
  readonly joinable?: boolean;
  readonly traceState?: string | undefined;
  readonly baggage?: Baggage | undefined;
}

/** Reads one header or property; names are given in lower case. A repeated header may be joined by commas or be an array. */
export type Getter<C> = (carrier: C, name: string) => string | readonly string[] | undefined;

/** Writes one header or property. */
export type Setter<C> = (carrier: C, name: string, value: string) => void;

/** Names of the built-in formats, as OTEL_PROPAGATORS spells them. */
export type FormatName = 'b3' | 'b3multi' | 'tracecontext' | 'xray';

/** One way to write a trace context into headers. Stateless; must not throw whatever the carrier holds. */
export interface PropagationFormat {
  /** Lower-case names of everything that `inject` may write. */
  readonly fields: readonly string[];
  /** Undefined where the carrier holds nothing of this format, or only something malformed. */
  extract<C>(carrier: C, get: Getter<C>): Extracted | undefined;
  inject<C>(context: TraceContext, carrier: C, set: Setter<C>): void;
}

/** The first value of a header. */
export function first<C>(carrier: C, get: Getter<C>, name: string): string | undefined {
  const value = get(carrier, name);
  return value === undefined || typeof value === 'string' ? value : value[0];
}
