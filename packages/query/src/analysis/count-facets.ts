import type { SampledSpan, SpanGroup } from '@tracekin/storage';

export interface FacetValue {
  readonly value: string;
  readonly spans: number;
  readonly errors: number;
}

export interface TagFacet {
  readonly key: string;
  /** Spans of the sample that have the tag. */
  readonly spans: number;
  /** Most frequent first. */
  readonly values: readonly { readonly value: string; readonly spans: number }[];
}

const MOST_VALUES = 20;
const MOST_KEYS = 15;
const MOST_CHARACTERS = 200;

/** Sums of groups by one of their names, the most spans first. */
export function countNames(groups: readonly SpanGroup[], name: 'serviceName' | 'spanName'): FacetValue[] {
  const sums = new Map<string, { value: string; spans: number; errors: number }>();
  for (const group of groups) {
    const value = group[name];
    if (value === '') continue;
    const sum = sums.get(value) ?? { value, spans: 0, errors: 0 };
    sums.set(value, sum);
    sum.spans += group.spans;
    sum.errors += group.errors;
  }
  return [...sums.values()].sort((a, b) => b.spans - a.spans || (a.value < b.value ? -1 : 1)).slice(0, 100);
}

/**
 * Values of tags in a sample. With `keys`, of exactly these; else of the most frequent ones whose values repeat: ids and
 * texts are no choice.
 */
export function countTags(sample: readonly SampledSpan[], keys: readonly string[] | undefined): TagFacet[] {
  const counts = new Map<string, Map<string, number>>();
  for (const { tags = {} } of sample) {
    for (const key of keys ?? Object.keys(tags)) {
      if (!Object.hasOwn(tags, key)) continue;
      const values = counts.get(key) ?? new Map<string, number>();
      counts.set(key, values);
      const value = tags[key]!.slice(0, MOST_CHARACTERS);
      values.set(value, (values.get(value) ?? 0) + 1);
    }
  }
  const facets = [...counts].map(([key, values]) => ({
    key,
    spans: [...values.values()].reduce((sum, count) => sum + count, 0),
    distinct: values.size,
    values: [...values]
      .map(([value, spans]) => ({ value, spans }))
      .sort((a, b) => b.spans - a.spans || (a.value < b.value ? -1 : 1))
      .slice(0, MOST_VALUES),
  }));
  const offered = keys === undefined ? facets.filter(({ spans, distinct }) => distinct * 2 <= spans) : facets;
  return offered
    .sort((a, b) => b.spans - a.spans || (a.key < b.key ? -1 : 1))
    .slice(0, keys?.length ?? MOST_KEYS)
    .map(({ distinct: _, ...facet }) => facet);
}
