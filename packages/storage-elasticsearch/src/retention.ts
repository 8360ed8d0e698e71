import type { Cluster } from './cluster.ts';
import type { IndexNames, IndexType } from './index-names.ts';
import { lenient } from './read-documents.ts';

const dayMs = 86_400_000;
const types: readonly IndexType[] = ['span', 'dependency', 'autocomplete', 'trace-link'];

/** Drops every index of a UTC day that ended more than `days` days before `now`. Resolves to their names. */
export async function dropOldIndices(
  cluster: Cluster,
  names: IndexNames,
  days: number,
  now: number,
): Promise<string[]> {
  const dropped: string[] = [];
  for (const type of types) {
    const { status, body } = await cluster.request<Readonly<Record<string, unknown>>>({
      method: 'GET',
      path: `/${names.all(type)}/_alias`,
      query: lenient,
    });
    for (const index of status === 404 ? [] : Object.keys(body)) {
      const day = names.dayOf(type, index);
      if (day === undefined || day + dayMs > now - days * dayMs) continue;
      await cluster.request({ method: 'DELETE', path: `/${index}`, query: { ignore_unavailable: true } });
      dropped.push(index);
    }
  }
  return dropped;
}
