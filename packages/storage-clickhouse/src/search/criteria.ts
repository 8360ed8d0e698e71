import type { TraceQuery } from '@tracekin/storage';
import { escapeKey } from '../write/key-shapes.ts';
import { pairHash, TERM_SEED, termHash } from '../write/token-hash.ts';

/** Values that a query binds, named p0, p1, … in the order of `bind`. */
export class Bindings {
  readonly parameters: Record<string, string> = {};
  #count = 0;

  /** The placeholder for a text. */
  bind(text: string): string {
    const name = `p${this.#count++}`;
    this.parameters[name] = text;
    return `{${name}:String}`;
  }
}

/** First and last microsecond of a search's window. Timestamp 0 means absent and is never inside. */
export interface Window {
  readonly fromMicros: number;
  readonly toMicros: number;
}

/** The window's ends are milliseconds, both inclusive (`isInWindow`), so the last one has all its microseconds. */
export function windowOf({ endTs, lookback }: { readonly endTs: number; readonly lookback: number }): Window {
  return {
    fromMicros: Math.max(1, Math.min((endTs - lookback) * 1000, Number.MAX_SAFE_INTEGER)),
    toMicros: Math.min(endTs * 1000 + 999, Number.MAX_SAFE_INTEGER),
  };
}

/**
 * The conditions of a query on one row of `spans`, without its window: exactly `matchesSpan`. Cheap columns first, because
 * the engine reads the columns of later conditions only where earlier ones hold.
 */
export function spanConditions(query: TraceQuery, bindings: Bindings): string[] {
  const conditions: string[] = [];
  if (query.serviceName !== undefined) conditions.push(`service = ${bindings.bind(query.serviceName)}`);
  if (query.spanName !== undefined) conditions.push(`name = ${bindings.bind(query.spanName)}`);
  if (query.remoteServiceName !== undefined) conditions.push(`remote = ${bindings.bind(query.remoteServiceName)}`);
  if (query.minDuration !== undefined) {
    // Absent durations are 0 and minDuration is above it.
    conditions.push(`duration >= ${query.minDuration}`);
    if (query.maxDuration !== undefined) conditions.push(`duration <= ${query.maxDuration}`);
  }
  for (const [key, value] of query.tags) {
    const terminated = bindings.bind(`${escapeKey(key)}\0`);
    const position = `indexOf(splitByChar('\\0', tag_keys), ${bindings.bind(escapeKey(key))})`;
    // The value first: it is rare where the key is not. After the last key comes an empty text that is no key.
    conditions.push(
      `has(tag_values, ${bindings.bind(value)})`,
      `position(tag_keys, ${terminated}) > 0`,
      `${position} BETWEEN 1 AND length(tag_values)`,
      `tag_values[${position}] = ${bindings.bind(value)}`,
    );
  }
  for (const word of query.annotations) {
    const key = `position(concat('\\0', tag_keys), ${bindings.bind(`\0${escapeKey(word)}\0`)}) > 0`;
    conditions.push(`(${key} OR has(annotation_values, ${bindings.bind(word)}))`);
  }
  return conditions;
}

/**
 * Hashes of index terms that every matching span has; empty when only time or duration are asked for. A service goes into
 * one term with its span name or remote service, which is rarer than either.
 */
export function searchTerms(query: TraceQuery): number[] {
  const { serviceName: service, spanName: name, remoteServiceName: remote } = query;
  const terms = query.tags.map(([key, value]) => pairHash(TERM_SEED.tag, key, value));
  for (const word of query.annotations) terms.push(termHash(TERM_SEED.word, word));
  if (service === undefined) {
    if (name !== undefined) terms.push(termHash(TERM_SEED.name, name));
    if (remote !== undefined) terms.push(termHash(TERM_SEED.remote, remote));
  } else {
    if (name !== undefined) terms.push(pairHash(TERM_SEED.serviceName, service, name));
    if (remote !== undefined) terms.push(pairHash(TERM_SEED.serviceRemote, service, remote));
    if (name === undefined && remote === undefined) terms.push(termHash(TERM_SEED.service, service));
  }
  return terms;
}
