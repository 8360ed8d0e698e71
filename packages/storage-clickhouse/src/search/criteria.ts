import type { TraceQuery } from '@tracekin/storage';
import { escapeKey } from '../write/key-shapes.ts';
import { frequentTagHash, frequentTagOfServiceHash, pairHash, TERM_SEED, termHash } from '../write/token-hash.ts';

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

/** Conditions on one row of `spans`, in the order in which they are worth testing. */
export interface SpanConditions {
  /** Cheap, and false for nearly every row that does not match: the engine reads other columns only where all hold. */
  readonly early: readonly string[];
  /** What remains to be exact. */
  readonly exact: readonly string[];
}

/**
 * The conditions of a query, without its window: together exactly `matchesSpan`. A tag is first looked for by its value in
 * any tag, then by its value at the place of its key; working out that place for every row would cost more than reading.
 */
export function spanConditions(query: TraceQuery, bindings: Bindings): SpanConditions {
  const early: string[] = [];
  const exact: string[] = [];
  if (query.serviceName !== undefined) early.push(`service = ${bindings.bind(query.serviceName)}`);
  if (query.spanName !== undefined) early.push(`name = ${bindings.bind(query.spanName)}`);
  if (query.remoteServiceName !== undefined) early.push(`remote = ${bindings.bind(query.remoteServiceName)}`);
  if (query.minDuration !== undefined) {
    // Absent durations are 0 and minDuration is above it.
    early.push(`duration >= ${query.minDuration}`);
    if (query.maxDuration !== undefined) early.push(`duration <= ${query.maxDuration}`);
  }
  for (const [key, value] of query.tags) {
    const wanted = bindings.bind(value);
    early.push(`has(tag_values, ${wanted})`);
    // After the last key comes an empty text that is no key.
    const place = `indexOf(splitByChar('\\0', tag_keys), ${bindings.bind(escapeKey(key))})`;
    exact.push(`${place} BETWEEN 1 AND length(tag_values)`, `tag_values[${place}] = ${wanted}`);
  }
  for (const word of query.annotations) {
    const key = `position(concat('\\0', tag_keys), ${bindings.bind(`\0${escapeKey(word)}\0`)}) > 0`;
    early.push(`(${key} OR has(annotation_values, ${bindings.bind(word)}))`);
  }
  return { early, exact };
}

/** Hashes under which the index has a term: where it is rare, and, for a tag, where it is frequent (see `Postings.addTag`). */
export type SearchTerm = readonly [hash: number, frequent?: number];
/** The place of the hash in a `SearchTerm` whose rows are counts. */
export const COUNTED_HASH = 1;

/**
 * Index terms that every matching span has; empty when only time or duration are asked for. A service goes into one term with
 * its span name or remote service, which is rarer than either, and into that of a tag where the tag is frequent.
 */
export function searchTerms(query: TraceQuery): SearchTerm[] {
  const { serviceName: service, spanName: name, remoteServiceName: remote } = query;
  const terms: SearchTerm[] = query.tags.map(([key, value]) => {
    const tag = pairHash(TERM_SEED.tag, key, value);
    if (service === undefined) return [tag, frequentTagHash(tag)];
    return [tag, frequentTagOfServiceHash(tag, termHash(TERM_SEED.service, service))];
  });
  for (const word of query.annotations) terms.push([termHash(TERM_SEED.word, word)]);
  if (service === undefined) {
    if (name !== undefined) terms.push([termHash(TERM_SEED.name, name)]);
    if (remote !== undefined) terms.push([termHash(TERM_SEED.remote, remote)]);
  } else {
    if (name !== undefined) terms.push([pairHash(TERM_SEED.serviceName, service, name)]);
    if (remote !== undefined) terms.push([pairHash(TERM_SEED.serviceRemote, service, remote)]);
    // What is known of a tag, a name or another service in this one says more than the service alone.
    const isAlone = query.tags.length === 0 && name === undefined && remote === undefined;
    if (isAlone) terms.push([termHash(TERM_SEED.service, service)]);
  }
  return terms;
}
