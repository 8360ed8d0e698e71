import type { SearchPatch } from '../../app/use-search-params.ts';

/** The address with the time range written out, ended where the search ended: whoever opens it sees the same traces. */
export function shareableAddress(href: string, range: SearchPatch, endTs: number | undefined): string {
  const url = new URL(href);
  for (const [name, value] of Object.entries({
    ...range,
    ...(endTs !== undefined && { endTs: String(endTs) }),
    live: undefined,
  })) {
    if (value === undefined) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return url.href;
}
