/** What a span has: the name of one of its fields, or a tag. */
export interface Attribute {
  readonly field: 'serviceName' | 'spanName' | 'remoteServiceName' | 'kind' | 'error' | 'tag';
  /** Only of a tag. */
  readonly key?: string | undefined;
  /** Undefined: the tag is there, whatever its value. */
  readonly value?: string | undefined;
}

/** An attribute that one group of spans has more often than another. */
export interface Difference extends Attribute {
  /** How many of the selected have it, 0 to 1. */
  readonly selected: number;
  /** How many of the others. */
  readonly rest: number;
}

/** A difference has to be this many standard errors wide: with hundreds of values looked at, less is chance. */
const LEAST_ERRORS = 4;
const MOST_DIFFERENCES = 40;
/** Values longer than this are texts of one span (queries, stack traces); they are cut where they are compared. */
const MOST_CHARACTERS = 200;
/** Distinct values that are counted at all; ids would fill the memory otherwise. */
const MOST_VALUES = 50_000;

/**
 * What the selected spans have that the rest have less often, what tells the two apart best first. A tag's presence is listed
 * when it differs more than each of its values does. Differences that chance explains are left out.
 */
export function compareAttributes(
  selected: Iterable<readonly Attribute[]>,
  rest: Iterable<readonly Attribute[]>,
): Difference[] {
  const inside = countAttributes(selected);
  const outside = countAttributes(rest);
  if (inside.spans === 0 || outside.spans === 0) return [];
  const differences: (Difference & { readonly width: number })[] = [];
  for (const [name, { attribute, count }] of inside.counts) {
    const p = count / inside.spans;
    const q = (outside.counts.get(name)?.count ?? 0) / outside.spans;
    const pooled = (count + q * outside.spans) / (inside.spans + outside.spans);
    const error = Math.sqrt(pooled * (1 - pooled) * (1 / inside.spans + 1 / outside.spans));
    if (count < 2 || p - q <= LEAST_ERRORS * error) continue;
    differences.push({ ...attribute, selected: p, rest: q, width: weight(p, q) });
  }
  return withoutRepeats(
    differences.sort((a, b) => b.width - a.width || a.rest - b.rest || (nameOf(a) < nameOf(b) ? -1 : 1)),
  )
    .slice(0, MOST_DIFFERENCES)
    .map(({ width: _, ...difference }) => difference);
}

function nameOf({ field, key = '', value = '\0' }: Attribute): string {
  return `${field}\0${key}\0${value}`;
}

/** One side of the Jensen-Shannon divergence: a rare value that is nearly alone in the selection beats a common one. */
function weight(p: number, q: number): number {
  return p * Math.log2((2 * p) / (p + q));
}

interface Counted {
  readonly attribute: Attribute;
  count: number;
}

function countAttributes(spans: Iterable<readonly Attribute[]>): {
  readonly spans: number;
  readonly counts: ReadonlyMap<string, Counted>;
} {
  const counts = new Map<string, Counted>();
  let total = 0;
  const add = (attribute: Attribute): void => {
    const name = nameOf(attribute);
    const known = counts.get(name);
    if (known !== undefined) known.count++;
    else if (counts.size < MOST_VALUES) counts.set(name, { attribute, count: 1 });
  };
  for (const attributes of spans) {
    total++;
    for (const { field, key, value } of attributes) {
      add(key === undefined ? { field, value } : { field, key, value: value?.slice(0, MOST_CHARACTERS) });
      if (field === 'tag') add({ field, ...(key !== undefined && { key }) });
    }
  }
  return { spans: total, counts };
}

/** Presence of a key says nothing beside a value that differs as much. Sorted, so what is kept comes first. */
function withoutRepeats<D extends Difference & { readonly width: number }>(differences: readonly D[]): D[] {
  const widest = new Map<string, number>();
  for (const { field, key, value, width } of differences) {
    if (field === 'tag' && value !== undefined) widest.set(key!, Math.max(widest.get(key!) ?? 0, width));
  }
  return differences.filter(
    ({ field, key, value, width }) => field !== 'tag' || value !== undefined || width > (widest.get(key!) ?? 0) * 1.1,
  );
}
