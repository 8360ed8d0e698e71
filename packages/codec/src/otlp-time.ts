/** Nanoseconds since the epoch as whole microseconds and the rest, because a double cannot hold them in one. */
export interface OtlpTime {
  readonly micros: number;
  /** 0 to 999. */
  readonly nanos: number;
}

/** From the two halves of an unsigned 64-bit integer: 2^32 ns = 4,294,967 us and 296 ns. */
export function otlpTime(low: number, high: number): OtlpTime {
  const rest = high * 296 + low;
  return { micros: high * 4_294_967 + Math.floor(rest / 1000), nanos: rest % 1000 };
}

/** From decimal digits; undefined when there is anything else. */
export function parseOtlpTime(text: string): OtlpTime | undefined {
  if (!/^[0-9]{1,20}$/.test(text)) return undefined;
  return { micros: Number(text.slice(0, -3)), nanos: Number(text.slice(-3)) };
}

/**
 * Microseconds from one to the other, at least 1: Zipkin takes 0 as unknown. Undefined when either time is missing or the end
 * comes first, which says nothing about how long it took.
 */
export function otlpDuration(start: OtlpTime | undefined, end: OtlpTime | undefined): number | undefined {
  if (start === undefined || end === undefined || start.micros === 0 || end.micros === 0) return undefined;
  const nanos = end.nanos - start.nanos;
  const micros = end.micros - start.micros;
  if (micros < 0 || (micros === 0 && nanos < 0)) return undefined;
  return Math.max(1, nanos < 0 ? micros - 1 : micros);
}
