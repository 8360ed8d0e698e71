import { TracekinError } from '@tracekin/model';

/** A parsed query string: a parameter given several times is an array. */
export type QueryString = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The first value of a parameter, as Zipkin takes it. */
export function textParameter(query: QueryString, name: string): string | undefined {
  const value = query[name];
  return typeof value === 'string' ? value : value?.[0];
}

/** @throws TracekinError `invalid-argument` with the text of Zipkin's web server (zipkin.md 12) */
export function requiredParameter(query: QueryString, name: string): string {
  const value = textParameter(query, name);
  if (value !== undefined) return value;
  throw new TracekinError('invalid-argument', `Mandatory parameter/header/attribute is missing: ${name}`);
}

/**
 * A whole number as Java's `Long.parseLong` reads it; absent when empty. Numbers beyond 2^53 become 2^53 - 1, which is later
 * than any timestamp.
 */
export function longParameter(query: QueryString, name: string): number | undefined {
  const value = textParameter(query, name);
  return value === undefined || value === '' ? undefined : parseWhole(value, 2n ** 63n - 1n);
}

/** As `longParameter`, of 32 bits, and it may not be empty. */
export function intParameter(query: QueryString, name: string): number | undefined {
  const value = textParameter(query, name);
  return value === undefined ? undefined : parseWhole(notEmpty(value, name), 2n ** 31n - 1n);
}

/** As `longParameter`, but it may neither be missing nor empty. */
export function requiredLongParameter(query: QueryString, name: string): number {
  return parseWhole(notEmpty(requiredParameter(query, name), name), 2n ** 63n - 1n);
}

function notEmpty(value: string, name: string): string {
  if (value !== '') return value;
  throw new TracekinError('invalid-argument', `Cannot set null to primitive type parameter: ${name}`);
}

function parseWhole(text: string, max: bigint): number {
  if (/^[+-]?[0-9]{1,19}$/.test(text)) {
    const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
    if (value <= max && value >= -max - 1n) {
      return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(value)));
    }
  }
  throw new TracekinError('invalid-argument', `For input string: "${text}"`);
}
