import type { ResultList } from './result-list.ts';

/**
 * What to find in a trace that a search brought: the tags and annotations it asked for, in the find box's language. Empty when the
 * trace is not of that search, or the search asked for none.
 */
export function searchTerms(list: ResultList | undefined, traceId: string): string {
  if (list === undefined || !list.traceIds.includes(traceId)) return '';
  const query = new URLSearchParams(list.search).get('annotationQuery') ?? '';
  return query
    .split(' and ')
    .map(term => term.trim())
    .filter(term => term !== '')
    .map(asFindTerm)
    .join(' ');
}

function asFindTerm(term: string): string {
  const at = term.indexOf('=');
  const quoted = (text: string): string => (/\s/.test(text) ? `"${text.replaceAll('"', '')}"` : text);
  return at < 0 ? quoted(term) : `${quoted(term.slice(0, at))}=${quoted(term.slice(at + 1))}`;
}
