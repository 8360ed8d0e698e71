import type { SearchParams } from './search-params.ts';

/** `?embed=1`: no chrome, for a frame on another page. Any value but 0 counts. */
export function isEmbedded(search: SearchParams): boolean {
  const { embed } = search;
  return embed !== undefined && embed !== '' && embed !== '0' && embed !== 'false';
}
